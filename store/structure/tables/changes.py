"""What happened to them: changes, notifications, synchronisations and refreshes."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns, literal_column, text

from store.structure.tables.base import METADATA, Instant


class ChangeColumns(TypedColumns):
    """One changed field of a unit; `old` and `new` are JSON."""

    id: Named[int] = Column(primary_key=True)
    at: Named[datetime] = Column(Instant)
    event_id: Named[int | None] = Column(ForeignKey("events.id"))
    source: Named[str]
    connection_id: Named[str]
    property_id: Named[str | None]
    unit_id: Named[str]
    unit_number: Named[str | None]
    field: Named[str]
    old: Named[str]
    new: Named[str]
    affects_rubs: Named[bool]


CHANGES = Table(
    "changes",
    METADATA,
    ChangeColumns,
    Index("changes_unit", "unit_id", "id"),
    Index("changes_event", "event_id"),
)


class NotificationColumns(TypedColumns):
    """Something a person should look at."""

    id: Named[int] = Column(primary_key=True)
    at: Named[datetime] = Column(Instant)
    kind: Named[str]
    text: Named[str]
    event_id: Named[int | None] = Column(ForeignKey("events.id"))
    connection_id: Named[str | None]
    property_id: Named[str | None]
    unit_id: Named[str | None]
    dismissed_at: Named[datetime | None] = Column(Instant)


NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    NotificationColumns,
    Index("notifications_event", "event_id"),
    # A person looks at those that are left, however many were dismissed.
    Index("notifications_open", "id", sqlite_where=literal_column("dismissed_at IS NULL")),
)


class SyncColumns(TypedColumns):
    """A synchronisation that Propexo reported as finished; `stats` is JSON as sent."""

    event_id: Named[int] = Column(ForeignKey("events.id"), primary_key=True)
    connection_id: Named[str]
    sync_id: Named[str | None]
    at: Named[datetime] = Column(Instant)
    stats: Named[str]


SYNCS = Table(
    "syncs",
    METADATA,
    SyncColumns,
    Index("syncs_connection", "connection_id", "event_id"),
)


class RefreshColumns(TypedColumns):
    """What follows a `sync.complete`: fetching all units of its connection, and applying them."""

    event_id: Named[int] = Column(ForeignKey("events.id"), primary_key=True)
    connection_id: Named[str]
    state: Named[str]
    asked_at: Named[datetime] = Column(Instant)
    started_at: Named[datetime | None] = Column(Instant)
    finished_at: Named[datetime | None] = Column(Instant)
    requests: Named[int] = Column(server_default="0")
    requests_expected: Named[int | None]
    units: Named[int] = Column(server_default="0")
    leases: Named[int] = Column(server_default="0")
    retries: Named[int] = Column(server_default="0")
    retry_at: Named[datetime | None] = Column(Instant)
    problem: Named[str | None]
    created: Named[int] = Column(server_default="0")
    changed: Named[int] = Column(server_default="0")
    missing: Named[int] = Column(server_default="0")
    served_by: Named[int | None]


REFRESHES = Table(
    "refreshes",
    METADATA,
    RefreshColumns,
    Index("refreshes_open", "event_id", sqlite_where=text("state IN ('waiting', 'fetching')")),
)
