"""A property was created or changed: a new one is for a person to review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.actions.effects import Effect, describe_problems, ignore
from receiver.contents import fields
from store.processing.effects import Finish, Notice
from store.records import (
    EventState,
    NotificationKind,
    Outcome,
    Property,
    PropertyState,
    Reason,
)

if TYPE_CHECKING:
    from receiver.actions.effects import Occurrence, Records


def add_property(occurrence: Occurrence, records: Records) -> Effect:
    """Flags a property for review, unless it is linked or was unlinked by a person already."""
    known = records.property(occurrence.connection_id, occurrence.resource_id)
    # One that was only seen in other records' events has no name and no state of its own yet.
    if known is None or (known.state is PropertyState.UNLINKED and known.applied_at is None):
        return _flag(occurrence, known)
    return _update(occurrence, known)


def update_property(occurrence: Occurrence, records: Records) -> Effect:
    """Brings a property's name and address up to date, if it was imported or is in review."""
    known = records.property(occurrence.connection_id, occurrence.resource_id)
    if known is None or known.state is PropertyState.UNLINKED:
        seen = known or Property(
            connection_id=occurrence.connection_id,
            property_id=occurrence.resource_id,
            last_event_id=occurrence.event_id,
        )
        return ignore(
            Reason.UNLINKED_PROPERTY,
            f"The property {occurrence.resource_id} is not linked. Link it and reprocess the "
            "event.",
            seen,
        )
    return _update(occurrence, known)


def _flag(occurrence: Occurrence, known: Property | None) -> Effect:
    said = fields.read_property(occurrence.data)
    blank = known or Property(
        connection_id=occurrence.connection_id, property_id=occurrence.resource_id
    )
    flagged = replace(
        blank,
        **said.values,
        state=PropertyState.REVIEW,
        applied_at=occurrence.facts.timestamp,
        last_event_id=occurrence.event_id,
    )
    notice = Notice(
        kind=NotificationKind.PROPERTY_REVIEW,
        text=f"New property {flagged.name or flagged.property_id}: link it to import its units.",
        connection_id=flagged.connection_id,
        property_id=flagged.property_id,
    )
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=Outcome.FLAGGED_FOR_REVIEW,
        error=describe_problems(said.problems),
        notices=(notice,),
    )
    return Effect(finish, (flagged,))


def _update(occurrence: Occurrence, known: Property) -> Effect:
    if occurrence.is_older_than(known.applied_at):
        return ignore(Reason.STALE, "A newer state of this property is in force.")
    said = fields.read_property(occurrence.data)
    after = replace(known, **said.values)
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=Outcome.UPDATED if after != known else Outcome.UNCHANGED,
        error=describe_problems(said.problems),
    )
    stamped = replace(
        after, applied_at=occurrence.facts.timestamp, last_event_id=occurrence.event_id
    )
    return Effect(finish, (stamped,))
