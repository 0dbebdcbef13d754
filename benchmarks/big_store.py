"""Stores of any size, made in seconds: rows straight into the store's own tables.

What is made is what a receiver would have left: each delivery with its event, the answer's time and
its place in the full-text index. Only here, outside the store, is its SQL known.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.bodies import CONNECTION, PROPERTY, UNITS, make_body
from store.database import Database
from store.reading.search import index_batch
from store.structure.tables import DELIVERIES, to_micros

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.reader import Connection

RARE = "a needle in the hay"
"""Words that one body of a processed store has."""
CONNECTIONS = 50
_BEGIN = to_micros(datetime(2026, 1, 1, tzinfo=UTC))
_SECOND = timedelta(seconds=1) // timedelta(microseconds=1)
_BATCH = 5_000
_REFUSED_EVERY = 1_000
_FAILED_EVERY, _IGNORED_EVERY = 500, 97
_HEADERS = (
    b"Host: 127.0.0.1:8787\r\nContent-Type: application/json\r\n"
    b"User-Agent: Propexo-Webhooks\r\nX-Propexo-Signature: sha256=" + b"5" * 64
)
_COLUMNS = (
    "id", "received_at", "origin", "method", "path", "status", "verdict", "event_id", "identity",
    "event", "timestamp", "connection_id", "resource_type", "resource_id", "property_id", "size",
    "body_sha256", "headers", "body",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO {DELIVERIES.name} ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_EVENTS = f"""
INSERT INTO events (id, identity, event, timestamp, connection_id, resource_type, resource_id,
  property_id, received_at, state, outcome, reason, error, attempts, processed_at, finish)
SELECT id, identity, event, timestamp, connection_id, resource_type, resource_id,
  property_id, received_at,
  CASE WHEN id % {_FAILED_EVERY} = 0 THEN 'failed' WHEN id % {_IGNORED_EVERY} = 0 THEN 'ignored'
    ELSE 'processed' END,
  CASE WHEN id % {_FAILED_EVERY} AND id % {_IGNORED_EVERY} THEN 'updated' END,
  CASE WHEN id % {_FAILED_EVERY} AND id % {_IGNORED_EVERY} = 0 THEN 'unlinked_property' END,
  CASE WHEN id % {_FAILED_EVERY} = 0 THEN 'Its sqft made no sense.' END,
  1, received_at + 5000, id
FROM deliveries WHERE event_id = id ORDER BY id
"""
_AFTERWARDS = (
    _EVENTS,
    "INSERT INTO acknowledgements (delivery_id, ms) SELECT id, 1.2 FROM deliveries",
    """
    UPDATE progress SET value = (SELECT max(id) FROM deliveries)
    WHERE name IN ('admitted', 'last_delivery')
    """,
)


def make_backlog(path: Path, count: int, units: int = UNITS) -> None:
    """A new store in which deliveries were acknowledged and none was processed yet.

    Args:
        path: its file.
        count: deliveries.
        units: how many units the building has that they are about.
    """

    def make(number: int, _: int) -> tuple[Any, ...]:
        return _row(number, make_body(number, units), CONNECTION, PROPERTY, units)

    _fill(path, lambda connection: _append(connection, count, make))


def make_processed(path: Path, count: int, tell: Callable[[str], None]) -> None:
    """A new store in which all is done: most events processed, some ignored, a few failed.

    Args:
        path: its file.
        count: deliveries; one in a thousand was refused.
        tell: told how far it has come.
    """

    def fill(connection: Connection) -> None:
        tell(f"{count:,} deliveries: inserting")
        _append(connection, count, _processed_row)
        tell(f"{count:,} deliveries: their events")
        for statement in _AFTERWARDS:
            connection.exec_driver_sql(statement)
        tell(f"{count:,} deliveries: the full-text index")
        while index_batch(connection):
            pass

    _fill(path, fill)


def _fill(path: Path, work: Callable[[Connection], None]) -> None:
    database = Database(path)
    try:
        database.write(work).result()
    finally:
        database.close()


def _append(connection: Connection, count: int, row: Callable[[int, int], tuple[Any, ...]]) -> None:
    for first in range(1, count + 1, _BATCH):
        numbers = range(first, min(first + _BATCH, count + 1))
        connection.exec_driver_sql(_INSERT, [row(number, count) for number in numbers])


def _processed_row(number: int, count: int) -> tuple[Any, ...]:
    connection_id, property_id = f"conn_{number % CONNECTIONS:03d}", f"prop_{number % 200:03d}"
    body = make_body(number).replace(CONNECTION.encode(), connection_id.encode())
    if number == count // 2 + 1:
        body = body.replace(b"A body", RARE.encode())
    return _row(number, body, connection_id, property_id)


def _row(
    number: int, body: bytes, connection_id: str, property_id: str, units: int = UNITS
) -> tuple[Any, ...]:
    at = _BEGIN + number * _SECOND
    digest = hashlib.sha256(body).digest()
    refused = number % _REFUSED_EVERY == 0 and connection_id != CONNECTION
    if refused:
        judged: tuple[Any, ...] = (401, "invalid", *[None] * 8)
    else:
        # The digest of these bytes serves as identity: it is as long and as random.
        facts = ("data.update", at, connection_id, "unit", f"unit_{number % units:06d}")
        judged = (200, "valid", number, digest, *facts, property_id)
    sent = ("network", "POST", "/api/webhooks/propexo")
    return (number, at, *sent, *judged, len(body), digest, _HEADERS, body)
