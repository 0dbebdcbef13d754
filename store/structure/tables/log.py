"""The log: deliveries, what is known of them later, events, and how far processing has come."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import Column, Index, Named, Table, TypedColumns, text

from store.structure.tables.base import METADATA, Instant

SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', detail='none', columnsize=0,"
    " tokenize='trigram')"
)
"""The full-text index of `store.reading.search`; no `Table` could speak of it."""


_REPEATED = text("event_id <> id")


class DeliveryColumns(TypedColumns):
    """One request. `event_id` is its own id when it made an event, another's for a repetition."""

    id: Named[int] = Column(primary_key=True)
    received_at: Named[datetime] = Column(Instant)
    origin: Named[str]
    replay_of: Named[int | None]
    method: Named[str]
    path: Named[str]
    status: Named[int]
    verdict: Named[str]
    explanation: Named[str | None]
    event_id: Named[int | None]
    identity: Named[bytes | None]
    event: Named[str | None]
    timestamp: Named[datetime | None] = Column(Instant)
    connection_id: Named[str | None]
    resource_type: Named[str | None]
    resource_id: Named[str | None]
    property_id: Named[str | None]
    size: Named[int]
    body_sha256: Named[bytes]
    headers: Named[bytes]
    body: Named[bytes]
    requests: Named[int | None]
    """How many refused requests the row stands for; only known of the row of a flood."""


DELIVERIES = Table(
    "deliveries",
    METADATA,
    DeliveryColumns,
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


class AcknowledgementColumns(TypedColumns):
    """How long a delivery's answer took. It is known only after the commit, hence a table."""

    delivery_id: Named[int] = Column(primary_key=True)
    ms: Named[float]


ACKNOWLEDGEMENTS = Table("acknowledgements", METADATA, AcknowledgementColumns)


class DiagnosisColumns(TypedColumns):
    """Why a signature did not match. It is searched for after the answer, hence a table."""

    delivery_id: Named[int] = Column(primary_key=True)
    code: Named[str]
    explanation: Named[str]


DIAGNOSES = Table(
    "diagnoses",
    METADATA,
    DiagnosisColumns,
    Index("diagnoses_code", "code"),
)


class EventColumns(TypedColumns):
    """An event. Its rows are never deleted: the identity is what makes a late retry a duplicate."""

    id: Named[int] = Column(primary_key=True)
    identity: Named[bytes]
    event: Named[str]
    timestamp: Named[datetime] = Column(Instant)
    connection_id: Named[str | None]
    resource_type: Named[str | None]
    resource_id: Named[str | None]
    property_id: Named[str | None]
    received_at: Named[datetime] = Column(Instant)
    state: Named[str] = Column(server_default="pending")
    outcome: Named[str | None]
    reason: Named[str | None]
    error: Named[str | None]
    attempts: Named[int] = Column(server_default="0")
    processed_at: Named[datetime | None] = Column(Instant)
    forced: Named[bool] = Column(server_default="0")
    """Whether it is to be applied even over something newer."""
    finish: Named[int | None]
    """Counts the ends of processing, so that whoever follows them can ask for those after one."""


EVENTS = Table(
    "events",
    METADATA,
    EventColumns,
    # An identity is a digest, and its timestamp is part of what it is of: in this order new
    # ones lie beside each other, where by the digest alone each would change a page of its own.
    Index("events_identity", "timestamp", "identity", unique=True),
    Index("events_open", "id", sqlite_where=text("state IN ('pending', 'processing')")),
    Index("events_finish", "finish", sqlite_where=text("finish IS NOT NULL")),
    Index("events_set_aside", "state", "id", sqlite_where=text("state IN ('failed', 'ignored')")),
    Index("events_resource", "resource_id", "id"),
    Index("events_connection", "connection_id", "id"),
    Index("events_property", "property_id", "id"),
    Index("events_event", "event", "id"),
)


class ProgressColumns(TypedColumns):
    """Counters of the store: one row a name."""

    name: Named[str] = Column(primary_key=True)
    value: Named[int]


PROGRESS = Table("progress", METADATA, ProgressColumns)
