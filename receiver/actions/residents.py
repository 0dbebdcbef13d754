"""A resident was created or changed. Never a reason to notify: the lease says who counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.actions.effects import Effect, describe_problems, ignore, outcome_of
from receiver.actions.gate import check_property
from receiver.contents import fields
from store.processing.effects import Finish
from store.records import EventState, Reason, Resident

if TYPE_CHECKING:
    from receiver.actions.effects import Occurrence, Records


def apply_resident(occurrence: Occurrence, records: Records) -> Effect:
    """Imports a resident or brings the record up to date."""
    connection_id = occurrence.connection_id
    known = records.resident(connection_id, occurrence.resource_id)
    said = fields.read_resident(occurrence.data)
    before = known or Resident(connection_id=connection_id, resident_id=occurrence.resource_id)
    after = replace(before, **said.values)
    property_id = after.property_id or _find_property(after, records)
    if refusal := check_property(occurrence, records, property_id):
        return refusal
    if occurrence.is_older_than(before.applied_at):
        return ignore(Reason.STALE, "A newer state of this resident is in force.")
    after = replace(after, property_id=property_id)
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=outcome_of(known=known is not None, changed=after != before),
        error=describe_problems(said.problems),
    )
    stamped = replace(
        after, applied_at=occurrence.facts.timestamp, last_event_id=occurrence.event_id
    )
    return Effect(finish, (stamped,))


def _find_property(resident: Resident, records: Records) -> str | None:
    """The property of the lease or the unit that a resident belongs to."""
    if resident.lease_id and (lease := records.lease(resident.connection_id, resident.lease_id)):
        return lease.property_id
    if resident.unit_id and (unit := records.unit(resident.connection_id, resident.unit_id)):
        return unit.property_id
    return None
