"""What the Python peers keep: a delivery by SQLAlchemy's ORM, committed before it is answered."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

_SECRET = os.environ.get("PROPEXO_WEBHOOK_SECRET", "").encode()


class Base(DeclarativeBase):
    """The peers' schema."""


class Delivery(Base):
    """A delivery as an application would keep it."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    connection_id: Mapped[str | None]
    body: Mapped[bytes]


def open_store() -> Engine:
    """A store in the folder that `BENCHMARK_FOLDER` names, as durable as ours: WAL and FULL."""
    path = Path(os.environ["BENCHMARK_FOLDER"]) / "peer.db"
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    Base.metadata.create_all(engine)
    return engine


def is_signed(signature: str | None, body: bytes) -> bool:
    """Whether a body carries the signature that belongs to it."""
    wanted = "sha256=" + hmac.new(_SECRET, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest((signature or "").encode(), wanted.encode())


def keep(engine: Engine, parsed: dict[str, Any], body: bytes) -> int:
    """Stores a delivery; its number once it is committed."""
    with Session(engine) as session:
        delivery = Delivery(
            event=parsed["event"], connection_id=parsed.get("connection_id"), body=body
        )
        session.add(delivery)
        session.commit()
        return delivery.id
