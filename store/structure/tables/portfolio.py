"""What is known of buildings: connections, properties, units, leases and residents."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import Column, Index, Named, Table, TypedColumns

from store.structure.tables.base import METADATA, Instant, Number


class ConnectionColumns(TypedColumns):
    """A Propexo connection, registered or only seen in an event."""

    connection_id: Named[str] = Column(primary_key=True)
    name: Named[str | None]
    registered: Named[bool]
    events: Named[int] = Column(server_default="0")
    last_event_at: Named[datetime | None] = Column(Instant)
    last_sync_at: Named[datetime | None] = Column(Instant)


CONNECTIONS = Table("connections", METADATA, ConnectionColumns)


class PropertyColumns(TypedColumns):
    """A building."""

    connection_id: Named[str] = Column(primary_key=True)
    property_id: Named[str] = Column(primary_key=True)
    name: Named[str | None]
    address: Named[str | None]
    state: Named[str]
    refreshed_at: Named[datetime | None] = Column(Instant)
    applied_at: Named[datetime | None] = Column(Instant)
    last_event_id: Named[int | None]


PROPERTIES = Table("properties", METADATA, PropertyColumns)


class UnitColumns(TypedColumns):
    """A unit. `lease` is its current lease as JSON: it may have no id of its own."""

    connection_id: Named[str] = Column(primary_key=True)
    unit_id: Named[str] = Column(primary_key=True)
    property_id: Named[str | None]
    unit_number: Named[str | None]
    status: Named[str | None]
    sqft: Named[int | float | None] = Column(Number)
    bedrooms: Named[int | float | None] = Column(Number)
    bathrooms: Named[int | float | None] = Column(Number)
    lease: Named[str | None]
    occupancy: Named[str | None]
    missing_since: Named[datetime | None] = Column(Instant)
    updated_at: Named[datetime | None] = Column(Instant)
    last_event_id: Named[int | None]
    applied_at: Named[datetime | None] = Column(Instant)


UNITS = Table(
    "units",
    METADATA,
    UnitColumns,
    Index("units_property", "connection_id", "property_id"),
)


class LeaseColumns(TypedColumns):
    """A lease that was delivered as a record of its own."""

    connection_id: Named[str] = Column(primary_key=True)
    lease_id: Named[str] = Column(primary_key=True)
    property_id: Named[str | None]
    unit_id: Named[str | None]
    status: Named[str | None]
    resident_name: Named[str | None]
    occupant_count: Named[int | None]
    start_date: Named[str | None]
    end_date: Named[str | None]
    applied_at: Named[datetime | None] = Column(Instant)
    last_event_id: Named[int | None]


LEASES = Table(
    "leases",
    METADATA,
    LeaseColumns,
    Index("leases_unit", "connection_id", "unit_id"),
)


class ResidentColumns(TypedColumns):
    """A resident."""

    connection_id: Named[str] = Column(primary_key=True)
    resident_id: Named[str] = Column(primary_key=True)
    property_id: Named[str | None]
    unit_id: Named[str | None]
    lease_id: Named[str | None]
    name: Named[str | None]
    email: Named[str | None]
    phone: Named[str | None]
    applied_at: Named[datetime | None] = Column(Instant)
    last_event_id: Named[int | None]


RESIDENTS = Table(
    "residents",
    METADATA,
    ResidentColumns,
    Index("residents_unit", "connection_id", "unit_id"),
)
