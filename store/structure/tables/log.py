"""The log: deliveries, what is known of them later, events, and how far processing has come."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import (
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.structure.tables.base import Base

SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', detail='none', columnsize=0,"
    " tokenize='trigram')"
)
"""The full-text index of `store.reading.search`; no class of ours could speak of it."""


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
    requests: Mapped[int | None]
    """How many refused requests the row stands for; only known of the row of a flood."""

    __table_args__ = (
        # With all that is asked of many of them at once: their rows lie far apart.
        Index(
            "deliveries_refused",
            "id",
            "verdict",
            text("(length(headers) + length(body))"),
            sqlite_where=text("event_id IS NULL"),
        ),
        Index("deliveries_floods", "requests", sqlite_where=text("requests IS NOT NULL")),
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
        # An identity is a digest, and its timestamp is part of what it is of: in this order new
        # ones lie beside each other, where by the digest alone each would change a page of its own.
        Index("events_identity", "timestamp", "identity", unique=True),
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
