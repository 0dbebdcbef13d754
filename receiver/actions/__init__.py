"""What MeterBase does with an event: one action for each kind, all of them pure.

`decide` is the way in: it refuses what is not ours to process and hands the rest to its action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.actions.effects import Effect, Occurrence, Records, ignore
from receiver.actions.gate import check_connection
from receiver.actions.leases import apply_lease
from receiver.actions.properties import add_property, update_property
from receiver.actions.residents import apply_resident
from receiver.actions.syncs import record_sync
from receiver.actions.units import apply_unit
from receiver.judging.envelope import PING
from store.processing.effects import Finish
from store.records import EventState, Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Effect", "Occurrence", "Records", "decide"]

NEW, UPDATE, SYNC_COMPLETE = "data.new", "data.update", "sync.complete"

_ACTIONS: dict[tuple[str, str], Callable[[Occurrence, Records], Effect]] = {
    (NEW, "unit"): apply_unit,
    (UPDATE, "unit"): apply_unit,
    (NEW, "lease"): apply_lease,
    (UPDATE, "lease"): apply_lease,
    (NEW, "resident"): apply_resident,
    (UPDATE, "resident"): apply_resident,
    (NEW, "property"): add_property,
    (UPDATE, "property"): update_property,
}


def decide(occurrence: Occurrence, records: Records) -> Effect:
    """What an event does to the records. Pure: the same input has the same effect."""
    event, resource_type = occurrence.facts.event, occurrence.facts.resource_type or ""
    action = _ACTIONS.get((event, resource_type))
    if action is None:
        return _decide_of_others(occurrence, records)
    return check_connection(occurrence, records) or action(occurrence, records)


def _decide_of_others(occurrence: Occurrence, records: Records) -> Effect:
    """What an event does that is about no record of a kind that is kept."""
    event, resource_type = occurrence.facts.event, occurrence.facts.resource_type or ""
    if event == PING:
        return Effect(Finish(state=EventState.PROCESSED, outcome=Outcome.ACKNOWLEDGED))
    if event not in (NEW, UPDATE, SYNC_COMPLETE):
        return ignore(Reason.UNSUPPORTED_EVENT, f"Events of the kind {event} are not processed.")
    if refusal := check_connection(occurrence, records):
        return refusal
    if event == SYNC_COMPLETE:
        return record_sync(occurrence, records)
    return ignore(
        Reason.UNSUPPORTED_RESOURCE_TYPE, f"Records of the type {resource_type} are not kept."
    )
