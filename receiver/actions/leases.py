"""A lease was signed or changed: its record follows, and the unit whose current lease it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.actions.effects import Effect, describe_problems, ignore, outcome_of
from receiver.actions.gate import check_property
from receiver.actions.telling import tell_changes, with_effect
from receiver.billing.rubs import LeasePhase, lease_phase
from receiver.contents import fields
from receiver.contents.changes import compare_units, same_lease
from store.processing.effects import Finish
from store.records import EventState, Lease, LeaseRecord, Reason, Unit

if TYPE_CHECKING:
    from receiver.actions.effects import Occurrence, Records
    from store.processing.effects import FieldChange, Notice


def apply_lease(occurrence: Occurrence, records: Records) -> Effect:
    """Imports a lease or brings it up to date, and its unit with it."""
    connection_id = occurrence.connection_id
    known = records.lease(connection_id, occurrence.resource_id)
    said = fields.read_lease(occurrence.data)
    before = known or LeaseRecord(connection_id=connection_id, lease_id=occurrence.resource_id)
    after = replace(before, **said.values)
    unit = records.unit(connection_id, after.unit_id) if after.unit_id else None
    property_id = after.property_id or (unit.property_id if unit else None)
    if refusal := check_property(occurrence, records, property_id):
        return refusal
    home = records.property(connection_id, property_id) if property_id else None
    refreshed_at = home.refreshed_at if home else None
    if occurrence.is_older_than(before.applied_at, refreshed_at if known else None):
        return ignore(Reason.STALE, "A newer state of this lease is in force.")
    after = replace(after, property_id=property_id)
    # A refresh lists every lease there is. A lease that is older and was not in the list is not
    # in force any more, so no unit follows it.
    present = not occurrence.is_older_than(refreshed_at)
    left = _leave(before, after, occurrence, records)
    followed = _follow(unit, after, occurrence) if unit and present else None
    changes: tuple[FieldChange, ...] = ()
    notices: tuple[Notice, ...] = ()
    units: tuple[Unit, ...] = ()
    for was, now in filter(None, (left, followed)):
        told = tell_changes(compare_units(was, now), now)
        effects = with_effect(told[1], was, now, occurrence, records)
        changes, notices = changes + told[0], notices + effects
        units += (_stamp(now, occurrence),)
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=outcome_of(known=known is not None, changed=bool(changes) or after != before),
        error=describe_problems(said.problems),
        changes=changes,
        notices=notices,
    )
    stamped = replace(
        after, applied_at=occurrence.facts.timestamp, last_event_id=occurrence.event_id
    )
    return Effect(finish, (stamped, *units))


def find_current_lease(occurrence: Occurrence, records: Records) -> Lease | None:
    """The lease of a unit that is in force on the day of an event, if one was delivered before."""
    today = occurrence.facts.timestamp.date().isoformat()
    current = [
        lease
        for lease in records.leases_of(occurrence.connection_id, occurrence.resource_id)
        if lease_phase(lease.status, lease.start_date, lease.end_date, today) is LeasePhase.CURRENT
    ]
    newest = max(current, key=lambda lease: lease.start_date or "", default=None)
    return newest.terms if newest else None


def identify_lease(lease: Lease, occurrence: Occurrence, records: Records) -> Lease:
    """A unit's lease with the id of the lease's own record, if that came before.

    A unit's record tells its lease without an id (the published example does). It is taken from a
    record of the same unit that begins on the same day and does not name another resident; from
    none if several do.
    """
    if lease.lease_id or not lease.start_date:
        return lease
    ids = {
        known.lease_id
        for known in records.leases_of(occurrence.connection_id, occurrence.resource_id)
        if known.start_date == lease.start_date and same_lease(known.terms, lease)
    }
    return lease._replace(lease_id=ids.pop()) if len(ids) == 1 else lease


def _leave(
    before: LeaseRecord, after: LeaseRecord, occurrence: Occurrence, records: Records
) -> tuple[Unit, Unit] | None:
    """The unit that a lease was of, with and without it; None when it stays where it is."""
    if before.unit_id is None or before.unit_id == after.unit_id:
        return None
    left = records.unit(before.connection_id, before.unit_id)
    if left is None or left.lease is None or occurrence.is_older_than(left.applied_at):
        return None
    return (left, left._replace(lease=None)) if same_lease(left.lease, before.terms) else None


def _follow(unit: Unit, lease: LeaseRecord, occurrence: Occurrence) -> tuple[Unit, Unit] | None:
    """A unit without and with the lease as it is now; None when it does not concern its present.

    A future lease never takes the place of the current one.
    """
    if occurrence.is_older_than(unit.applied_at):
        return None
    today = occurrence.facts.timestamp.date().isoformat()
    phase = lease_phase(lease.status, lease.start_date, lease.end_date, today)
    is_current = unit.lease is not None and same_lease(unit.lease, lease.terms)
    changed: Lease | None
    if phase is LeasePhase.ENDED and is_current:
        changed = None
    elif is_current or phase is LeasePhase.CURRENT:
        changed = lease.terms
    else:
        return None
    return None if changed == unit.lease else (unit, unit._replace(lease=changed))


def _stamp(unit: Unit, occurrence: Occurrence) -> Unit:
    # `applied_at` stays: it says how new the unit's own record is, not its lease's.
    return unit._replace(updated_at=occurrence.received_at, last_event_id=occurrence.event_id)
