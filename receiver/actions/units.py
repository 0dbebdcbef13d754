"""A unit was created or changed: the record follows, and what differs is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from receiver import fields
from receiver.actions.effects import (
    Effect,
    Occurrence,
    Records,
    describe_problems,
    ignore,
    outcome_of,
)
from receiver.actions.gate import check_property
from receiver.actions.leases import find_current_lease
from receiver.actions.telling import tell_changes, tell_drift
from receiver.changes import compare_units, same_lease
from receiver.rubs import Occupancy, classify
from store.effects import Finish
from store.records import EventState, Lease, Reason, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def apply_unit(occurrence: Occurrence, records: Records) -> Effect:
    """Imports a unit or brings it up to date, whether it was known or not."""
    known = records.unit(occurrence.connection_id, occurrence.resource_id)
    said = fields.read_unit(occurrence.data)
    property_id = said.values.get("property_id") or (known.property_id if known else None)
    if refusal := check_property(occurrence, records, property_id):
        return refusal
    if known and occurrence.is_older_than(known.applied_at):
        return ignore(Reason.STALE, _describe_stale(occurrence, known))
    before = known or _presumed(occurrence, records)
    after = replace(
        _with_lease(before, occurrence, said.problems),
        **said.values | {"property_id": property_id},
    )
    differences = compare_units(before, after) if known or _said_changes(occurrence) else []
    differs = bool(differences) or (known is not None and known.missing_since is not None)
    changes, notices = tell_changes(differences, after)
    drift = tell_drift(occurrence, known, after) if known else ()
    after = replace(
        after,
        missing_since=None,
        applied_at=occurrence.facts.timestamp,
        updated_at=occurrence.received_at if differs or not known else before.updated_at,
        last_event_id=occurrence.event_id,
    )
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=outcome_of(known=known is not None, changed=differs),
        error=describe_problems(said.problems + _contradictions(occurrence)),
        changes=changes,
        notices=notices + drift,
    )
    return Effect(finish, (after,))


def _describe_stale(occurrence: Occurrence, known: Unit) -> str:
    return (
        f"It says how unit {known.unit_number or known.unit_id} was at "
        f"{_instant(occurrence.facts.timestamp)}; what is in force is of "
        f"{_instant(known.applied_at) if known.applied_at else 'later'}."
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
    changes = _said_changes(occurrence)
    if not changes:
        return blank
    # What is not among the changes was the same before, so only the changes are told.
    unchanged = {name: value for name, value in occurrence.data.items() if name not in changes}
    before = unchanged | {name: change.get("old") for name, change in changes.items()}
    if "current_lease" in before:
        blank = replace(blank, lease=_read_lease(before["current_lease"], None, []))
    return replace(blank, **fields.read_unit(before).values)


def _said_changes(occurrence: Occurrence) -> dict[str, dict[str, Any]]:
    changes = occurrence.body.get("changes")
    if not isinstance(changes, dict):
        return {}
    return {name: change for name, change in changes.items() if isinstance(change, dict)}


def _with_lease(before: Unit, occurrence: Occurrence, problems: list[str]) -> Unit:
    if "current_lease" not in occurrence.data:
        return replace(before, lease=None) if _moved_out(before, occurrence) else before
    lease = _read_lease(occurrence.data["current_lease"], before.lease, problems)
    said_id = _said_changes(occurrence).get("current_lease", {}).get("new")
    if lease is not None and lease.lease_id is None and isinstance(said_id, str) and said_id:
        # The published example gives the lease as an object without an id, and the id in `changes`.
        lease = replace(lease, lease_id=said_id)
    return replace(before, lease=lease)


def _moved_out(before: Unit, occurrence: Occurrence) -> bool:
    """Whether a payload without a current lease says that the one we know has ended.

    The published example of a vacant unit leaves the field out, and a move-out is described as a
    unit's status that changes to vacant.
    """
    change = _said_changes(occurrence).get("current_lease", {})
    if "new" in change and change["new"] is None:
        return True
    was = classify(before.status)
    now = classify(fields.read_unit(occurrence.data).values.get("status", before.status))
    return now is Occupancy.VACANT and was is not Occupancy.VACANT


def _read_lease(value: Any, current: Lease | None, problems: list[str]) -> Lease | None:
    """A unit's current lease: an object of terms, an id, or none."""
    if value is None:
        return None
    if isinstance(value, str) and value:
        return Lease(lease_id=value)
    if not isinstance(value, dict):
        problems.append("data.current_lease is neither an object nor null")
        return current
    return _merge(value, current, problems)


def _merge(value: Mapping[str, Any], current: Lease | None, problems: list[str]) -> Lease:
    said = fields.read_lease(value, within="data.current_lease.")
    problems += said.problems
    terms = {name: said.values[name] for name in said.values if name in _TERMS}
    lease_id = value.get("id")
    new = Lease(**terms, lease_id=lease_id if isinstance(lease_id, str) and lease_id else None)
    if current is None or not same_lease(current, new):
        return new
    return replace(current, **terms, lease_id=new.lease_id or current.lease_id)


_TERMS = frozenset({"status", "resident_name", "occupant_count", "start_date", "end_date"})


def _contradictions(occurrence: Occurrence) -> list[str]:
    """Where `changes` and `data` of one payload disagree; `data` is what was applied."""
    found = []
    for name, change in _said_changes(occurrence).items():
        if name in ("current_lease", "lease") or "new" not in change:
            continue
        if name in occurrence.data and occurrence.data[name] != change["new"]:
            found.append(f"changes.{name}.new contradicts data.{name}, which was applied")
    return found
