"""What is known of buildings: connections, properties, units, leases and residents."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import (
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.structure.tables.base import Base, Number


class ConnectionRow(Base):
    """A Propexo connection, registered or only seen in an event."""

    __tablename__ = "connections"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    registered: Mapped[bool]
    events: Mapped[int] = mapped_column(server_default="0")
    last_event_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]


class PropertyRow(Base):
    """A building."""

    __tablename__ = "properties"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    property_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    address: Mapped[str | None]
    state: Mapped[str]
    refreshed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    last_event_id: Mapped[int | None]


class UnitRow(Base):
    """A unit. `lease` is its current lease as JSON: it may have no id of its own."""

    __tablename__ = "units"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[str] = mapped_column(primary_key=True)
    property_id: Mapped[str | None]
    unit_number: Mapped[str | None]
    status: Mapped[str | None]
    sqft: Mapped[int | float | None] = mapped_column(Number)
    bedrooms: Mapped[int | float | None] = mapped_column(Number)
    bathrooms: Mapped[int | float | None] = mapped_column(Number)
    lease: Mapped[str | None]
    occupancy: Mapped[str | None]
    missing_since: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    last_event_id: Mapped[int | None]
    applied_at: Mapped[datetime | None]

    __table_args__ = (Index("units_property", "connection_id", "property_id"),)


class LeaseRow(Base):
    """A lease that was delivered as a record of its own."""

    __tablename__ = "leases"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    lease_id: Mapped[str] = mapped_column(primary_key=True)
    property_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    status: Mapped[str | None]
    resident_name: Mapped[str | None]
    occupant_count: Mapped[int | None]
    start_date: Mapped[str | None]
    end_date: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    last_event_id: Mapped[int | None]

    __table_args__ = (Index("leases_unit", "connection_id", "unit_id"),)


class ResidentRow(Base):
    """A resident."""

    __tablename__ = "residents"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    resident_id: Mapped[str] = mapped_column(primary_key=True)
    property_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    lease_id: Mapped[str | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    last_event_id: Mapped[int | None]

    __table_args__ = (Index("residents_unit", "connection_id", "unit_id"),)
