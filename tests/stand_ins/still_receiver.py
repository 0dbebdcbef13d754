"""A receiver that stands still, on a store with a fixed history: for pictures of the screen."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from meterbase_tui.receiving.secret_watch import SecretNews
from receiver.background.processor import Processor
from receiver.judging.signing import Secrets, sign
from store.database import Database
from store.reader import Reader
from store.reading.deliveries import note_diagnosis
from store.reading.events import list_events
from store.records import EventState
from tests.stand_ins.arrivals import judged
from tests.stand_ins.waiting import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel import TunnelStatus
    from store.records import Arrival, Json

T = TypeVar("T")
START = datetime(2026, 3, 25, 14, 30, tzinfo=UTC)
SECRET = b"the secret that the tests share"


class StillReceiver:
    """A `ReceiverLink` to a receiver that is always the same."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # What the screen does with it is nothing, and checks are given.
        self.runtime: Runtime | None = None
        self.url = "http://127.0.0.1:8787/api/webhooks/propexo"
        self.public_url: str | None = None
        self.tunnel: TunnelStatus | None = None
        self.has_first_address = False
        self.problem: str | None = None
        self.targets: tuple[TargetHealth, ...] = ()
        self.secret_news = SecretNews()

    def recount_authentic(self) -> None:
        """Nothing is counted."""

    def look(self) -> None:
        """Nothing changes."""

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Where it is called."""
        return await coroutine

    async def perform(self, operation: str, **arguments: Any) -> Json:  # noqa: ARG002
        """Nothing is done."""
        return None

    async def restart_tunnel(self) -> None:
        """There is none."""


def event(name: str, minute: int, connection: str = "conn_abc123", **fields: Any) -> bytes:
    """A body."""
    stamp = (START + timedelta(minutes=minute)).isoformat()
    return json.dumps(
        {"event": name, "timestamp": stamp, "connection_id": connection} | fields
    ).encode()


def unit(name: str, minute: int, connection: str = "conn_abc123", **data: Any) -> bytes:
    """A body about a unit."""
    given = {"id": "unit_xyz789", "property_id": "prop_001", "unit_number": "305"} | data
    return event(name, minute, connection, resource_type="unit", data=given)


def write_history(path: Any, bodies: Sequence[bytes | tuple[bytes, str]]) -> None:
    """Writes a store as a receiver would have: delivered, answered, processed and closed.

    Args:
        path: the store's file.
        bodies: what arrived, a minute apart; with a text, that is the signature, which failed.
    """
    database = Database(path)
    try:
        for minute, given in enumerate(bodies):
            body, signature = given if isinstance(given, tuple) else (given, sign(SECRET, given))
            receipt = asyncio.run(database.append(make_arrival(body, signature, minute), 30))
            database.note_answer(receipt.delivery_id, 1.2 + minute)
            if isinstance(given, tuple):
                words = f"The header holds {signature}, and nothing fits."
                _write(database, note_diagnosis, receipt.delivery_id, "unknown_secret", words)
        processor = Processor(database)
        try:
            _wait_until_processed(path)
        finally:
            processor.close()
    finally:
        database.close()


def _write(database: Database, work: Callable[..., Any], *arguments: Any) -> None:
    database.write(lambda connection: work(connection, *arguments)).result(PATIENCE_S)


def make_arrival(body: bytes, signature: str, minute: int) -> Arrival:
    """A request with this signature, judged."""
    return judged(body, Secrets(SECRET), START + timedelta(minutes=minute), signature=signature)


def _wait_until_processed(path: Any) -> None:
    reader = Reader(path)
    open_states = (EventState.PENDING, EventState.PROCESSING)

    def is_done() -> bool:
        with reader.connect() as connection:
            events = list_events(connection, limit=0)
        return not any(found.state in open_states for found in events)

    wait_until(is_done, "every event was processed")
    reader.close()
