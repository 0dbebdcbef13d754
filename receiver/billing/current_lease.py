"""The current lease of a unit as a unit's record tells it: an object of terms, an id, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.contents import fields
from receiver.contents.changes import same_lease
from store.records import Lease

if TYPE_CHECKING:
    from collections.abc import Mapping

_TERMS = frozenset({"status", "resident_name", "occupant_count", "start_date", "end_date"})


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
    said = fields.read_lease(value, within="data.current_lease.")
    problems += said.problems
    terms = {name: said.values[name] for name in said.values if name in _TERMS}
    lease_id = value.get("id")
    new = Lease(**terms, lease_id=lease_id if isinstance(lease_id, str) and lease_id else None)
    if current is None or not same_lease(current, new):
        return new
    return current._replace(**terms, lease_id=new.lease_id or current.lease_id)
