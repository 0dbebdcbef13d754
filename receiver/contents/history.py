"""Units as they were: takes changes back, newest first. Pure.

A unit that was imported has no changes, so it is there before its import too; and only what a
change names can be taken back.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from receiver.billing.rubs import classify
from store.records import Lease, Occupancy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.records import Change, Json, Unit

_PLAIN = frozenset({"property_id", "unit_number", "status", "sqft", "bedrooms", "bathrooms"})
_OF_LEASE = frozenset(Lease._fields)


def take_back(units: Iterable[Unit], changes: Iterable[Change]) -> list[Unit]:
    """The units as they were before all of these changes, in any order given."""
    found = {unit.unit_id: unit for unit in units}
    for change in sorted(changes, key=lambda each: -each.id):
        if change.unit_id in found:
            found[change.unit_id] = _undo(found[change.unit_id], change.field, change.old)
    return list(found.values())


def _undo(unit: Unit, name: str, old: Json) -> Unit:
    if name == "lease":
        return unit._replace(lease=_lease(old))
    if name.startswith("lease.") or name == "occupant_count":
        return _undo_term(unit, name.removeprefix("lease."), old)
    if name == "missing_since":
        return unit._replace(missing_since=_instant(old))
    if name == "occupancy":
        return unit._replace(occupancy=Occupancy(str(old)))
    if name not in _PLAIN:
        return unit
    values: dict[str, Any] = {name: old}
    if name == "status":
        told = classify(old if isinstance(old, str) else None)
        values["occupancy"] = unit.occupancy if told is Occupancy.UNKNOWN else told
    return unit._replace(**values)


def _undo_term(unit: Unit, name: str, old: Json) -> Unit:
    if unit.lease is None or name not in _OF_LEASE:
        return unit
    values: dict[str, Any] = {name: old}
    return unit._replace(lease=unit.lease._replace(**values))


def _lease(old: Json) -> Lease | None:
    if not isinstance(old, dict):
        return None
    return Lease(**{name: value for name, value in old.items() if name in _OF_LEASE})


def _instant(old: Json) -> datetime | None:
    return datetime.fromisoformat(old) if isinstance(old, str) else None
