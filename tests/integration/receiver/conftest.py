"""A receiver that the tests of one file share, requests in raw bytes, and backlogs of events."""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.judging.signing import sign
from receiver.tunnel import ProviderName
from store.database import Database
from store.reading.deliveries import get_deliveries, newer_ids, read_content
from store.reading.units import find_units
from tests.conftest import PATH, SECRET, Bench, Reply
from tests.stand_ins.arrivals import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store.records import Content, Delivery

PING = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{}}'
_numbers = itertools.count(1)


def new_ping() -> bytes:
    """A body that is no duplicate of any other."""
    return PING.replace(b"{}", b'{"number":%d}' % next(_numbers))


def request(
    body: bytes = PING,
    *lines: bytes,
    first: bytes = b"POST " + PATH.encode("ascii") + b" HTTP/1.1",
    signature: bytes | None = b"",
    length: bytes | None = b"",
) -> bytes:
    """A request in raw bytes, signed and with its length unless told otherwise."""
    head = [first, b"Host: x"]
    if length is not None:
        head.append(b"Content-Length: " + (length or str(len(body)).encode("ascii")))
    if signature is not None:
        value = signature or sign(SECRET, body).encode("ascii")
        head.append(b"X-Propexo-Signature: " + value)
    return b"\r\n".join([*head, *lines]) + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 1 << 20) -> bytes:
    """A body in chunks of `size` bytes."""
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def request_in_chunks(
    body: bytes, *lines: bytes, size: int = 1 << 20, signature: bytes | None = b""
) -> bytes:
    """The same in chunks instead of with a length."""
    more = (b"Transfer-Encoding: chunked", *lines)
    head = request(body, *more, length=None, signature=signature)
    return head[: len(head) - len(body)] + chunked(body, size)


def update(sqft: int, *, unit: str = "u1", minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": f"2026-03-25T15:{minute:02}:00Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": {"id": unit, "property_id": "prop_001", "sqft": sqft},
    } | more


def sqft(bench: Bench, unit: str = "u1") -> int | float | None:
    [found] = bench.read(find_units, unit)
    return found.sqft


def sql(settings: Settings, statement: str, *values: Any) -> None:
    """Changes a store behind the back of everyone; nobody may have it open."""
    with closing(sqlite3.connect(settings.db)) as connection, connection:
        connection.execute(statement, values)


def accept(settings: Settings, bodies: Iterable[dict[str, Any]]) -> None:
    """Writes down accepted deliveries, as a receiver does that is stopped before it processes."""

    async def append_all(database: Database) -> None:
        arrivals = [
            judged(json.dumps(body).encode(), settings.secrets, datetime.now(UTC))
            for body in bodies
        ]
        for start in range(0, len(arrivals), 1_000):
            some = arrivals[start : start + 1_000]
            await asyncio.gather(*(database.append(arrival, 30) for arrival in some))

    database = Database(settings.db)
    asyncio.run(append_all(database))
    database.close()


@dataclass
class Front:
    """A receiver, and what its log has got since the test began."""

    bench: Bench
    _before: int = 0

    def __post_init__(self) -> None:
        self._before = max(self.bench.read(newer_ids, 0), default=0)

    def send(self, raw: bytes) -> Reply | None:
        return self.bench.send(raw)

    def ask(self, raw: bytes) -> Reply:
        reply = self.send(raw)
        assert reply is not None, "the receiver closed the connection without an answer"
        return reply

    def rows(self) -> list[Delivery]:
        """Oldest first."""
        ids = self.bench.read(newer_ids, self._before)
        found = self.bench.read(get_deliveries, ids)
        return [found[number] for number in ids]

    def row(self) -> Delivery:
        [only] = self.rows()
        return only

    def content(self) -> Content:
        found = self.bench.read(read_content, self.row().id)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def module_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    path = tmp_path_factory.mktemp("front") / "store.db"
    settings = Settings(db=path, port=0, secret=SECRET, tunnel=ProviderName.NONE)
    with open_runtime(settings) as runtime:
        bench = Bench(runtime)
        yield bench
        bench.close()


@pytest.fixture
def front(module_bench: Bench) -> Iterator[Front]:
    """Whatever a test sends, the next valid request is accepted."""
    yield Front(module_bench)
    after = Front(module_bench)
    reply = module_bench.post(new_ping())
    assert (reply.status, reply.json["duplicate"]) == (200, False)
    assert after.row().id == reply.json["delivery_id"]
