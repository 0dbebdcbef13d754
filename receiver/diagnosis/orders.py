"""The orders in which JSON writers put the members of an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: The order of the published examples, outermost object first.
_DOCUMENTED: Final = (
    "event",
    "timestamp",
    "connection_id",
    "resource_type",
    "sync_id",
    "data",
    "stats",
    "changes",
    "id",
    "property_id",
    "unit_number",
    "sqft",
    "bedrooms",
    "bathrooms",
    "status",
    "current_lease",
    "resident_name",
    "occupant_count",
    "start_date",
    "end_date",
    "old",
    "new",
    "properties_synced",
    "units_synced",
    "leases_synced",
    "duration_seconds",
    "errors",
)
_DOCUMENTED_RANK = {key: rank for rank, key in enumerate(_DOCUMENTED)}
#: ECMA-262: array indices, smaller than this, come first and in numeric order.
_ARRAY_INDICES = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """An order of keys."""

    phrase: str
    """For a sentence; empty for the order received."""
    rank: Callable[[str], Any] | None
    """What keys are sorted by, those of equal rank as received; None for the order received."""


def _by_code_point(key: str) -> str:
    return key


def _as_documented(key: str) -> int:
    return _DOCUMENTED_RANK.get(key, len(_DOCUMENTED))


def _as_javascript(key: str) -> tuple[bool, int]:
    is_index = key.isascii() and key.isdecimal() and (key == "0" or not key.startswith("0"))
    if is_index and len(key) <= 10 and int(key) < _ARRAY_INDICES:  # noqa: PLR2004
        return False, int(key)
    return True, 0


def _by_length(key: str) -> tuple[int, bytes]:
    raw = key.encode("utf-8", "surrogatepass")
    return len(raw), raw


RECEIVED: Final = Order("", None)
SORTED: Final = Order("keys sorted", _by_code_point)
DOCUMENTED: Final = Order("keys in the order of the documentation", _as_documented)
INDICES_FIRST: Final = Order("numeric keys first, as in JavaScript", _as_javascript)
BY_LENGTH: Final = Order("keys by length, as PostgreSQL's jsonb keeps them", _by_length)
ALL: Final = (RECEIVED, SORTED, DOCUMENTED, INDICES_FIRST, BY_LENGTH)
