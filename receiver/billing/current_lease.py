"""The current lease of a unit as a unit's record tells it: an object of terms, an id, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.contents import fields
from receiver.contents.changes import same_lease
from store.records import Lease

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_current_lease(value: Any, current: Lease | None, problems: list[str]) -> Lease | None:
    """The lease that a value stands for.

    Args:
        value: what `current_lease` of a record is.
        current: the lease that is known; what the value leaves out of it stays.
        problems: what makes no sense is added to these, as phrases.
    """
    if value is None:
        return None
    if isinstance(value, str) and value:
        return Lease(lease_id=value)
    if not isinstance(value, dict):
        problems.append("data.current_lease is neither an object nor null")
        return current
    return _merge(value, current, problems)


def _merge(value: Mapping[str, Any], current: Lease | None, problems: list[str]) -> Lease:
    if current is not None and _repeats(value, current):
        return current
    said = fields.read_lease(value, within="data.current_lease.")
    problems += said.problems
    lease_id = value.get("id")
    lease_id = lease_id if isinstance(lease_id, str) and lease_id else None
    if current is None or not _is_same(current, said.values, lease_id):
        return _change(_BLANK, said.values, lease_id)
    # The very same object if nothing is new: callers see by `is` that there is nothing to compare.
    changed = _change(current, said.values, lease_id or current.lease_id)
    return current if changed == current else changed


def _repeats(value: Mapping[str, Any], lease: Lease) -> bool:
    """Whether every field that a value has is already known of the lease, with the same text.

    Then the value need not be parsed. Most events repeat the lease like this.
    """
    lease_id, status, resident_name, occupant_count, start_date, end_date = lease
    said = value.get
    count = said("occupant_count", occupant_count)
    return (
        said("id", lease_id) == lease_id
        and said("end_date", end_date) == end_date
        and said("start_date", start_date) == start_date
        and said("resident_name", resident_name) == resident_name
        and said("status", status) == status
        and count == occupant_count
        and type(count) is type(occupant_count)  # True == 1 in Python
        # Days in the wrong order are a problem of the payload, to be told every time it comes.
        and not (start_date and end_date and end_date < start_date)
    )


def _is_same(lease: Lease, terms: Mapping[str, Any], lease_id: str | None) -> bool:
    if lease_id and lease.lease_id:
        return lease_id == lease.lease_id  # the usual case, with the answer of `same_lease`
    return same_lease(lease, _change(_BLANK, terms, lease_id))


_BLANK = Lease()


def _change(lease: Lease, terms: Mapping[str, Any], lease_id: str | None) -> Lease:
    """A lease by another id, with the terms that are said."""
    return Lease(
        lease_id=lease_id,
        status=terms.get("status", lease.status),
        resident_name=terms.get("resident_name", lease.resident_name),
        occupant_count=terms.get("occupant_count", lease.occupant_count),
        start_date=terms.get("start_date", lease.start_date),
        end_date=terms.get("end_date", lease.end_date),
    )
