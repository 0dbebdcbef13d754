"""A unit was created or changed: the record follows, and what differs is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.actions.effects import (
    Effect,
    Occurrence,
    Records,
    describe_problems,
    ignore,
    outcome_of,
)
from receiver.actions.gate import check_property
from receiver.actions.leases import find_current_lease, identify_lease
from receiver.actions.telling import (
    find_contradictions,
    tell_changes,
    tell_contradictions,
    tell_drift,
    with_effect,
)
from receiver.billing.current_lease import read_current_lease
from receiver.billing.occupancy import settle
from receiver.billing.rubs import Occupancy, classify
from receiver.contents import fields
from receiver.contents.changes import compare_units
from store.processing.effects import Finish
from store.records import EventState, Reason, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from store.records import Lease

_NOTHING: Mapping[str, Any] = {}


def apply_unit(occurrence: Occurrence, records: Records) -> Effect:
    """Imports a unit or brings it up to date, whether it was known or not."""
    known = records.unit(occurrence.connection_id, occurrence.resource_id)
    said = fields.read_unit(occurrence.data)
    property_id = said.values.get("property_id") or (known.property_id if known else None)
    if refusal := check_property(occurrence, records, property_id):
        return refusal
    if known and (refusal := _check_age(occurrence, known, records)):
        return refusal
    before = known or _presumed(occurrence, records)
    lease = _lease_after(before, occurrence, records, said.problems)
    after = _update(before, said.values, property_id, lease, occurrence)
    differences = compare_units(before, after) if known or occurrence.changes else []
    if known and not differences:
        after = after._replace(updated_at=known.updated_at)
    changes, notices = tell_changes(differences, after)
    notices = with_effect(notices, before, after, occurrence, records)
    drift = tell_drift(occurrence, known, after) if known else ()
    contradictions = find_contradictions(occurrence)
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=outcome_of(known=known is not None, changed=bool(differences)),
        error=describe_problems(said.problems + contradictions),
        changes=changes,
        notices=notices + drift + tell_contradictions(contradictions, after),
    )
    return Effect(finish, (after,))


def _update(
    before: Unit,
    said: Mapping[str, Any],
    property_id: str | None,
    lease: Lease | None,
    occurrence: Occurrence,
) -> Unit:
    """A unit after an event: what was not said stays."""
    status = said.get("status", before.status)
    # In the order of its fields: by their names it takes twice as long.
    return Unit(
        before.connection_id,
        before.unit_id,
        property_id,
        said.get("unit_number", before.unit_number),
        status,
        said.get("sqft", before.sqft),
        said.get("bedrooms", before.bedrooms),
        said.get("bathrooms", before.bathrooms),
        lease,
        settle(status, before.occupancy),
        None,  # missing_since: it was seen
        occurrence.received_at,
        occurrence.event_id,
        occurrence.facts.timestamp,
    )


def _check_age(occurrence: Occurrence, known: Unit, records: Records) -> Effect | None:
    """The refusal of an event that is older than what is known of its unit; None to go on."""
    in_force = _in_force(known, records)
    if not occurrence.is_older_than(in_force):
        return None
    return ignore(Reason.STALE, _describe_stale(occurrence, known, in_force))


def _in_force(known: Unit, records: Records) -> datetime | None:
    """The time of the newest that is known of a unit: its last event, or a refresh if later."""
    home = records.property(known.connection_id, known.property_id) if known.property_id else None
    if home is None or home.refreshed_at is None:
        return known.applied_at
    return max(home.refreshed_at, known.applied_at or home.refreshed_at)


def _describe_stale(occurrence: Occurrence, known: Unit, in_force: datetime | None) -> str:
    return (
        f"It says how unit {known.unit_number or known.unit_id} was at "
        f"{_instant(occurrence.facts.timestamp)}; what is in force is of "
        f"{_instant(in_force) if in_force else 'later'}."
    )


def _instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _presumed(occurrence: Occurrence, records: Records) -> Unit:
    """A unit that was not known, as the sender says that it was before: by `changes`, `old`.

    A lease may have come before its unit.
    """
    blank = Unit(
        connection_id=occurrence.connection_id,
        unit_id=occurrence.resource_id,
        lease=find_current_lease(occurrence, records),
    )
    changes = occurrence.changes
    if not changes:
        return blank
    # What is not among the changes was the same before, so only the changes are told.
    unchanged = {name: value for name, value in occurrence.data.items() if name not in changes}
    before = unchanged | {name: change.get("old") for name, change in changes.items()}
    if "current_lease" in before:
        blank = blank._replace(lease=read_current_lease(before["current_lease"], None, []))
    return blank._replace(**fields.read_unit(before).values)


def _lease_after(
    before: Unit, occurrence: Occurrence, records: Records, problems: list[str]
) -> Lease | None:
    if "current_lease" not in occurrence.data:
        return None if _moved_out(before, occurrence) else before.lease
    lease = read_current_lease(occurrence.data["current_lease"], before.lease, problems)
    if lease is None or lease.lease_id:
        return lease
    said_id = occurrence.changes.get("current_lease", _NOTHING).get("new")
    if isinstance(said_id, str) and said_id:
        # The published example gives the lease as an object without an id, and the id in `changes`.
        return lease._replace(lease_id=said_id)
    return identify_lease(lease, occurrence, records)


def _moved_out(before: Unit, occurrence: Occurrence) -> bool:
    """Whether a payload without a current lease says that the one we know has ended.

    The published example of a vacant unit leaves the field out, and a move-out is described as a
    unit's status that changes to vacant.
    """
    change = occurrence.changes.get("current_lease", _NOTHING)
    if "new" in change and change["new"] is None:
        return True
    was = classify(before.status)
    now = classify(fields.read_unit(occurrence.data).values.get("status", before.status))
    return now is Occupancy.VACANT and was is not Occupancy.VACANT
