"""The tables, typed. Private to the store: everything outside sees `store.records`.

`deliveries` is the inbox: appended to and never changed, with no index but its key and partial ones
of refusals and repetitions, which an accepted first delivery does not touch. What a delivery led to
lives in other tables, so that acknowledging costs one insert and one fsync a batch.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC, exact over the whole range of `datetime`."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The aware instant that `to_micros` was given."""
    return _EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as an integer of microseconds: it sorts and has no zone to lose."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware instant → integer."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Integer → aware instant."""
        return None if value is None else from_micros(value)


class Number(UserDefinedType[int | float]):
    """A number as SQLite keeps it: 950 and 950.0 are the integer 950, 1.5 is a float."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The column's declared type, which gives it numeric affinity."""
        return "NUMERIC"


SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', detail='none', columnsize=0,"
    " tokenize='trigram')"
)
"""The full-text index of `store.reading.search`; no class of ours could speak of it."""


class Base(DeclarativeBase):
    """The schema's metadata."""

    type_annotation_map = {datetime: Instant, bytes: LargeBinary}  # noqa: RUF012


_REPEATED = text("event_id <> id")


class DeliveryRow(Base):
    """One request. `event_id` is its own id when it made an event, another's for a repetition."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    origin: Mapped[str]
    replay_of: Mapped[int | None]
    method: Mapped[str]
    path: Mapped[str]
    status: Mapped[int]
    verdict: Mapped[str]
    explanation: Mapped[str | None]
    event_id: Mapped[int | None]
    identity: Mapped[bytes | None]
    event: Mapped[str | None]
    timestamp: Mapped[datetime | None]
    connection_id: Mapped[str | None]
    resource_type: Mapped[str | None]
    resource_id: Mapped[str | None]
    property_id: Mapped[str | None]
    size: Mapped[int]
    body_sha256: Mapped[bytes]
    headers: Mapped[bytes]
    body: Mapped[bytes]

    __table_args__ = (
        # With all that is asked of many of them at once: their rows lie far apart.
        Index(
            "deliveries_refused",
            "id",
            "verdict",
            text("(length(headers) + length(body))"),
            sqlite_where=text("event_id IS NULL"),
        ),
        Index("deliveries_repeated", "event_id", sqlite_where=_REPEATED),
        Index("deliveries_again", "id", sqlite_where=_REPEATED),
        Index("deliveries_again_connection", "connection_id", "id", sqlite_where=_REPEATED),
        Index("deliveries_again_property", "property_id", "id", sqlite_where=_REPEATED),
        Index("deliveries_again_resource", "resource_id", "id", sqlite_where=_REPEATED),
        Index("deliveries_again_event", "event", "id", sqlite_where=_REPEATED),
    )


class AcknowledgementRow(Base):
    """How long a delivery's answer took. It is known only after the commit, hence a table."""

    __tablename__ = "acknowledgements"

    delivery_id: Mapped[int] = mapped_column(primary_key=True)
    ms: Mapped[float]


class DiagnosisRow(Base):
    """Why a signature did not match. It is searched for after the answer, hence a table."""

    __tablename__ = "diagnoses"

    delivery_id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    explanation: Mapped[str]

    __table_args__ = (Index("diagnoses_code", "code"),)


class EventRow(Base):
    """An event. Its rows are never deleted: the identity is what makes a late retry a duplicate."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[bytes]
    event: Mapped[str]
    timestamp: Mapped[datetime]
    connection_id: Mapped[str | None]
    resource_type: Mapped[str | None]
    resource_id: Mapped[str | None]
    property_id: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="pending")
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    processed_at: Mapped[datetime | None]
    forced: Mapped[bool] = mapped_column(server_default="0")
    """Whether it is to be applied even over something newer."""
    finish: Mapped[int | None]
    """Counts the ends of processing, so that whoever follows them can ask for those after one."""

    __table_args__ = (
        Index("events_identity", "identity", unique=True),
        Index("events_open", "id", sqlite_where=text("state IN ('pending', 'processing')")),
        Index("events_finish", "finish", sqlite_where=text("finish IS NOT NULL")),
        Index(
            "events_set_aside", "state", "id", sqlite_where=text("state IN ('failed', 'ignored')")
        ),
        Index("events_resource", "resource_id", "id"),
        Index("events_connection", "connection_id", "id"),
        Index("events_property", "property_id", "id"),
        Index("events_event", "event", "id"),
    )


class ProgressRow(Base):
    """Counters of the store: one row a name."""

    __tablename__ = "progress"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


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
