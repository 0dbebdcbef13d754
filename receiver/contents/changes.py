"""What differs between two states of a unit, field by field, in the order that people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from store.records import Lease

if TYPE_CHECKING:
    from datetime import datetime

    from store.records import Json, Unit

_UNIT_FIELDS = ("property_id", "unit_number", "status", "sqft", "bedrooms", "bathrooms")
_TERMS = Lease._fields
_LEASE_FIELDS = ("status", "start_date", "end_date", "resident_name")


class Difference(NamedTuple):
    """A field with its old and new value."""

    field: str
    old: Json
    new: Json


def compare_units(before: Unit, after: Unit) -> list[Difference]:
    """The fields that differ; 950 and 950.0 do not.

    A lease that appears, ends or gives way to another is one difference, `lease`; within one lease
    its terms are compared, as `lease.end_date` and the like. The occupants are a field of the unit;
    so are `occupancy`, where it changes without the status, and `missing_since`, the instant of a
    refresh that did not find it any more.
    """
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in _UNIT_FIELDS]
    pairs += _lease_pairs(before.lease, after.lease)
    pairs.append(("occupant_count", before.occupant_count, after.occupant_count))
    if before.status == after.status and before.occupancy not in (None, after.occupancy):
        pairs.append(("occupancy", before.occupancy, after.occupancy))
    if before.missing_since != after.missing_since:
        pairs.append(("missing_since", _write(before.missing_since), _write(after.missing_since)))
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _write(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def same_lease(one: Lease, other: Lease) -> bool:
    """Whether two texts speak of one lease.

    By id where both have one; else by the first day and the resident, as far as both say.
    """
    if one.lease_id and other.lease_id:
        return one.lease_id == other.lease_id
    return _agree(one.start_date, other.start_date) and _agree(
        one.resident_name, other.resident_name
    )


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _lease_pairs(old: Lease | None, new: Lease | None) -> list[tuple[str, Json, Json]]:
    if old is None or new is None or not same_lease(old, new):
        return [("lease", describe_lease(old), describe_lease(new))]
    return [(f"lease.{name}", getattr(old, name), getattr(new, name)) for name in _LEASE_FIELDS]


def describe_lease(lease: Lease | None) -> Json:
    """A lease as a JSON object of what it says; None for none."""
    if lease is None:
        return None
    said = ((name, getattr(lease, name)) for name in _TERMS)
    return {name: value for name, value in said if value is not None}
