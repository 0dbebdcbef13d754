"""The tables of forwarding. Nothing of them is touched before a delivery is acknowledged."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.structure.tables import Base


class ForwardRow(Base):
    """A delivery on its way to a target; made of the deliveries behind the target's mark."""

    __tablename__ = "forwards"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int]
    target: Mapped[str]
    connection_id: Mapped[str | None]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime | None]
    status: Mapped[int | None]
    ms: Mapped[float | None]
    error: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
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


class ForwardAttemptRow(Base):
    """One request to a target with its answer, bounded in size and number."""

    __tablename__ = "forward_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    forward_id: Mapped[int]
    at: Mapped[datetime]
    status: Mapped[int | None]
    ms: Mapped[float]
    error: Mapped[str | None]
    headers: Mapped[bytes]
    body: Mapped[bytes]
    size: Mapped[int]

    __table_args__ = (Index("forward_attempts_forward", "forward_id"),)
