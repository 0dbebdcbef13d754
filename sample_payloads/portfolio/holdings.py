"""What a portfolio holds. Every record is frozen: a change puts another in its place.

Days are `date` objects, instants aware `datetime` objects in UTC; both are those of the PMS.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Terms(StrEnum):
    """Where a tenancy stands, in the words of webhooks."""

    FUTURE = "future"
    ACTIVE = "active"
    NOTICE = "notice"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def current(self) -> bool:
        """Whether somebody lives there under it."""
        return self in (Terms.ACTIVE, Terms.NOTICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """A building: Propexo's `property`."""

    connection_id: str
    id: str
    name: str
    street: str
    city: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Apartment:
    """Propexo's `unit`."""

    connection_id: str
    id: str
    property_id: str
    number: str
    sqft: int
    bedrooms: int
    bathrooms: float
    status: str
    created_at: datetime
    updated_at: datetime

    @property
    def vacant(self) -> bool:
        """Whether nobody lives there; one on notice is still occupied."""
        return self.status.startswith("vacant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Propexo's `resident`."""

    id: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """Propexo's `lease`. All of its tenants live there; the first one is its resident by name."""

    connection_id: str
    id: str
    property_id: str
    unit_id: str
    tenants: tuple[Tenant, ...]
    start: date
    end: date | None
    """None for month to month."""
    terms: Terms
    created_at: datetime
    updated_at: datetime
    moved_out: date | None = field(default=None)
    """The day on which it really ended."""
