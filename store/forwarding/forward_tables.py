"""The tables of forwarding. Nothing of them is touched before a delivery is acknowledged."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations

from sqlalchemy import Column, Index, Named, Table, TypedColumns, text

from store.structure.tables import METADATA, Instant


class ForwardColumns(TypedColumns):
    """A delivery on its way to a target; made of the deliveries behind the target's mark."""

    id: Named[int] = Column(primary_key=True)
    delivery_id: Named[int]
    target: Named[str]
    connection_id: Named[str | None]
    state: Named[str]
    attempts: Named[int] = Column(server_default="0")
    due_at: Named[datetime | None] = Column(Instant)
    status: Named[int | None]
    ms: Named[float | None]
    error: Named[str | None]
    ended_at: Named[datetime | None] = Column(Instant)


FORWARDS = Table(
    "forwards",
    METADATA,
    ForwardColumns,
    # Once a target and delivery: a mark that was lost must not send anything twice.
    Index("forwards_delivery", "delivery_id", "target", unique=True),
    Index(
        "forwards_open",
        "target",
        "state",
        "id",
        sqlite_where=text("state IN ('waiting', 'held', 'failed')"),
    ),
)


class ForwardAttemptColumns(TypedColumns):
    """One request to a target with its answer, bounded in size and number."""

    id: Named[int] = Column(primary_key=True)
    forward_id: Named[int]
    at: Named[datetime] = Column(Instant)
    status: Named[int | None]
    ms: Named[float]
    error: Named[str | None]
    headers: Named[bytes]
    body: Named[bytes]
    size: Named[int]


FORWARD_ATTEMPTS = Table(
    "forward_attempts",
    METADATA,
    ForwardAttemptColumns,
    Index("forward_attempts_forward", "forward_id"),
)
