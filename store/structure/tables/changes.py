"""What happened to them: changes, notifications, synchronisations and refreshes."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import (
    ForeignKey,
    Index,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.structure.tables.base import Base


class ChangeRow(Base):
    """One changed field of a unit; `old` and `new` are JSON."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    source: Mapped[str]
    connection_id: Mapped[str]
    property_id: Mapped[str | None]
    unit_id: Mapped[str]
    unit_number: Mapped[str | None]
    field: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    affects_rubs: Mapped[bool]

    __table_args__ = (
        Index("changes_unit", "unit_id", "id"),
        Index("changes_event", "event_id"),
    )


class NotificationRow(Base):
    """Something a person should look at."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    text: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    connection_id: Mapped[str | None]
    property_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    dismissed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("notifications_event", "event_id"),
        # A person looks at those that are left, however many were dismissed.
        Index("notifications_open", "id", sqlite_where=literal_column("dismissed_at IS NULL")),
    )


class SyncRow(Base):
    """A synchronisation that Propexo reported as finished; `stats` is JSON as sent."""

    __tablename__ = "syncs"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    connection_id: Mapped[str]
    sync_id: Mapped[str | None]
    at: Mapped[datetime]
    stats: Mapped[str]

    __table_args__ = (Index("syncs_connection", "connection_id", "event_id"),)


class RefreshRow(Base):
    """What follows a `sync.complete`: fetching all units of its connection, and applying them."""

    __tablename__ = "refreshes"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    connection_id: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    requests: Mapped[int] = mapped_column(server_default="0")
    requests_expected: Mapped[int | None]
    units: Mapped[int] = mapped_column(server_default="0")
    leases: Mapped[int] = mapped_column(server_default="0")
    retries: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    created: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    missing: Mapped[int] = mapped_column(server_default="0")
    served_by: Mapped[int | None]

    __table_args__ = (
        Index("refreshes_open", "event_id", sqlite_where=text("state IN ('waiting', 'fetching')")),
    )
