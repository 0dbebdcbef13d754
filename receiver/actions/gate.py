"""Whose events are processed: those of registered connections and linked properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.actions.effects import ignore
from store.records import Property, PropertyState, Reason

if TYPE_CHECKING:
    from receiver.actions.effects import Effect, Occurrence, Records


def check_connection(occurrence: Occurrence, records: Records) -> Effect | None:
    """The refusal of an event whose connection is not registered; None to go on."""
    known = records.connection(occurrence.connection_id)
    if known and known.registered:
        return None
    return ignore(
        Reason.UNKNOWN_CONNECTION,
        f"The connection {occurrence.connection_id} is not registered. If it is yours, register "
        "it and reprocess the event.",
    )


def check_property(
    occurrence: Occurrence, records: Records, property_id: str | None
) -> Effect | None:
    """The refusal of an event whose property is not linked; None to go on.

    A property that was never heard of is kept as unlinked, so that it can be seen and linked.
    """
    if property_id is None:
        return ignore(
            Reason.UNLINKED_PROPERTY,
            "It names no property, and none is known of the records that it refers to.",
        )
    known = records.property(occurrence.connection_id, property_id)
    if known is None:
        seen = Property(
            connection_id=occurrence.connection_id,
            property_id=property_id,
            last_event_id=occurrence.event_id,
        )
        return ignore(Reason.UNLINKED_PROPERTY, _explain(property_id), seen)
    if known.state is not PropertyState.LINKED:
        return ignore(Reason.UNLINKED_PROPERTY, _explain(property_id))
    return None


def _explain(property_id: str) -> str:
    return f"The property {property_id} is not linked. Link it and reprocess the event."
