"""What a change means for a building's bill.

RUBS splits a bill over the units by occupants, square feet or bedrooms. Which of these a building
uses is not known here, so every field that any of them uses counts. Names, addresses and contact
details never do.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from store.records import Occupancy

if TYPE_CHECKING:
    from store.records import Json

__all__ = ["LeasePhase", "Occupancy", "affects_rubs", "classify", "lease_phase"]

_ALWAYS = frozenset(
    {
        "occupant_count",
        "sqft",
        "bedrooms",
        "bathrooms",
        "property_id",
        "lease",
        "lease.status",
        "lease.start_date",
        "lease.end_date",
        "missing_since",
        "occupancy",
    }
)


# Status texts of Yardi, RealPage and MITS exports beside the two of the published description.
# "Notice" is still occupied; "vacant rented" is not occupied yet.
_OCCUPANCY = {
    Occupancy.OCCUPIED: (
        "occupied",
        "occupied no notice",
        "occupied on notice",
        "notice",
        "notice rented",
        "notice unrented",
        "on notice",
        "leased on notice",
        "evict",
        "eviction",
    ),
    Occupancy.VACANT: (
        "vacant",
        "vacant rented",
        "vacant rented ready",
        "vacant rented not ready",
        "vacant unrented",
        "vacant unrented ready",
        "vacant unrented not ready",
        "vacant leased",
        "vacant not leased",
        "available",
        "reserved",
        "not ready",
        "pending",
    ),
    Occupancy.SPECIAL: (
        "model",
        "down",
        "admin",
        "employee",
        "office",
        "commercial",
        "construction",
        "excluded",
        "waitlist",
    ),
}
_OCCUPANCY_BY_STATUS = {
    status: occupancy for occupancy, statuses in _OCCUPANCY.items() for status in statuses
}


@lru_cache(maxsize=256)
def classify(status: str | None) -> Occupancy:
    """Who bears the share of a unit with that status; case and dashes do not matter."""
    return _OCCUPANCY_BY_STATUS.get(_normalise(status), Occupancy.UNKNOWN)


class LeasePhase(StrEnum):
    """Where a lease stands, by its status."""

    FUTURE = "future"
    CURRENT = "current"
    ENDED = "ended"
    UNKNOWN = "unknown"


# "Evicted" can mean a resident who still lives there under an eviction.
_PHASES = {
    LeasePhase.FUTURE: ("future", "pending", "applicant", "approved", "signed"),
    LeasePhase.CURRENT: (
        "active",
        "current",
        "notice",
        "on notice",
        "month to month",
        "renewed",
        "evicted",
        "eviction",
    ),
    LeasePhase.ENDED: (
        "ended",
        "past",
        "former",
        "inactive",
        "terminated",
        "expired",
        "cancelled",
        "canceled",
        "denied",
        "moved out",
    ),
}
_PHASE_BY_STATUS = {status: phase for phase, statuses in _PHASES.items() for status in statuses}


def lease_phase(status: str | None, start: str | None, end: str | None, today: str) -> LeasePhase:
    """Where a lease stands: by its status, or, where it has none, by its dates.

    Args:
        status: the sender's text.
        start: the first day, as an ISO 8601 date.
        end: the last day; None for month to month.
        today: the day of the event, as an ISO 8601 date.
    """
    if status is not None:
        return _PHASE_BY_STATUS.get(_normalise(status), LeasePhase.UNKNOWN)
    if start is None:
        return LeasePhase.UNKNOWN
    if start > today:
        return LeasePhase.FUTURE
    return LeasePhase.ENDED if end is not None and end < today else LeasePhase.CURRENT


def affects_rubs(field: str, old: Json, new: Json) -> bool:
    """Whether a changed field of a unit can change anybody's share of the bill."""
    if field != "status":
        return field in _ALWAYS
    before, after = (classify(value if isinstance(value, str) else None) for value in (old, new))
    return before != after or after in (Occupancy.UNKNOWN, Occupancy.SPECIAL)


def _normalise(status: str | None) -> str:
    return " ".join((status or "").lower().replace("_", " ").replace("-", " ").split())
