"""What is known of buildings: connections, properties, units, leases and residents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from store.records.words import PropertyState

if TYPE_CHECKING:
    from datetime import datetime

    from store.records.words import Occupancy


class Lease(NamedTuple):
    """The terms of a lease. As a unit's current lease its id may be unknown."""

    lease_id: str | None = None
    status: str | None = None
    resident_name: str | None = None
    occupant_count: int | None = None
    start_date: str | None = None
    """An ISO 8601 date."""
    end_date: str | None = None
    """An ISO 8601 date; None for month to month."""


class Unit(NamedTuple):
    """A unit as the last applied event or refresh left it, keyed by (connection, unit)."""

    connection_id: str
    unit_id: str
    property_id: str | None = None
    unit_number: str | None = None
    status: str | None = None
    sqft: int | float | None = None
    bedrooms: int | float | None = None
    bathrooms: int | float | None = None
    lease: Lease | None = None
    occupancy: Occupancy | None = None
    """What the last status that is known told; one that is not known leaves it as it was."""
    missing_since: datetime | None = None
    """When a refresh found that the sender no longer lists it."""
    updated_at: datetime | None = None
    last_event_id: int | None = None
    applied_at: datetime | None = None
    """The sender's timestamp of what was last applied: anything older is stale."""

    @property
    def occupant_count(self) -> int | None:
        """The occupants of the current lease, where it says."""
        return self.lease.occupant_count if self.lease else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """A lease that was delivered as a record of its own, keyed by (connection, lease)."""

    connection_id: str
    lease_id: str
    property_id: str | None = None
    unit_id: str | None = None
    status: str | None = None
    resident_name: str | None = None
    occupant_count: int | None = None
    start_date: str | None = None
    end_date: str | None = None
    applied_at: datetime | None = None
    last_event_id: int | None = None

    @property
    def terms(self) -> Lease:
        """The lease as a unit holds it."""
        return Lease(
            lease_id=self.lease_id,
            status=self.status,
            resident_name=self.resident_name,
            occupant_count=self.occupant_count,
            start_date=self.start_date,
            end_date=self.end_date,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A resident: kept for reference, never a cause of a bill's change by itself."""

    connection_id: str
    resident_id: str
    property_id: str | None = None
    unit_id: str | None = None
    lease_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    applied_at: datetime | None = None
    last_event_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A building, keyed by (connection, property)."""

    connection_id: str
    property_id: str
    name: str | None = None
    address: str | None = None
    state: PropertyState = PropertyState.UNLINKED
    units: int = 0
    """How many units of it the store knows."""
    refreshed_at: datetime | None = None
    """As of when, by the sender's clock, a refresh last saw all of its units and leases."""
    applied_at: datetime | None = None
    last_event_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRecord:
    """A Propexo connection, registered or only seen."""

    connection_id: str
    name: str | None = None
    registered: bool = False
    events: int = 0
    last_event_at: datetime | None = None
    last_sync_at: datetime | None = None
