"""What differs between two states of a unit, field by field, in the order that people read them."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from store.records import Lease, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from store.records import Json

_PLAIN = slice(Unit._fields.index("property_id"), Unit._fields.index("lease"))
"""The fields of a unit that are compared as they are: they stand one after the other."""
_plain: Callable[[Unit], tuple[Any, ...]] = itemgetter(_PLAIN)
_UNIT_FIELDS = Unit._fields[_PLAIN]
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
    found: list[Difference] = []
    # As tuples, which are compared in one step: most events change either the plain fields or the
    # lease, not both.
    old, new = _plain(before), _plain(after)
    if old != new:
        found = [
            Difference(name, was, now)
            for name, was, now in zip(_UNIT_FIELDS, old, new, strict=True)
            if was != now
        ]
    if before.lease is not after.lease and before.lease != after.lease:
        found += _compare_leases(before.lease, after.lease)
    if before.status == after.status and before.occupancy not in (None, after.occupancy):
        found.append(Difference("occupancy", before.occupancy, after.occupancy))
    if before.missing_since != after.missing_since:
        instants = (_write(before.missing_since), _write(after.missing_since))
        found.append(Difference("missing_since", *instants))
    return found


def _compare_leases(old: Lease | None, new: Lease | None) -> Iterator[Difference]:
    if old is None or new is None or not same_lease(old, new):
        yield Difference("lease", describe_lease(old), describe_lease(new))
    else:
        for name in _LEASE_FIELDS:
            if getattr(old, name) != getattr(new, name):
                yield Difference(f"lease.{name}", getattr(old, name), getattr(new, name))
    occupants = [lease.occupant_count if lease else None for lease in (old, new)]
    if occupants[0] != occupants[1]:
        yield Difference("occupant_count", *occupants)


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


def describe_lease(lease: Lease | None) -> Json:
    """A lease as a JSON object of what it says; None for none."""
    if lease is None:
        return None
    said = ((name, getattr(lease, name)) for name in _TERMS)
    return {name: value for name, value in said if value is not None}
