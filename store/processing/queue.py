"""The processing queue: events that wait again, and accepted deliveries that are no events yet.

What was put back into the queue waits among the events; what is new waits in the inbox, beyond a
mark, and is written down as an event when it is done, with its end. So the queue costs a usual
event nothing. Where too much waits there it is admitted before its turn, as pending.

Everything here runs inside one transaction of the writer: an event's effect and its completion are
committed together or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from store.driver import driver_of
from store.records import EventFacts
from store.structure.tables import from_micros

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from sqlalchemy import Connection


_MOST_BYTES = 8 << 20
"""Of bodies that are read for a turn: a turn of large ones has few."""
NEW = (
    "id", "identity", "event", "timestamp", "connection_id", "resource_type", "resource_id",
    "property_id", "received_at",
)  # fmt: skip
"""What an event has of the delivery that brought it first: columns of both."""


class Claim(NamedTuple):
    """An event to process, with the bytes that brought it."""

    id: int
    facts: EventFacts
    received_at: datetime
    attempts: int
    """How often it was tried before."""
    forced: bool
    """Whether to apply it even over something newer."""
    body: bytes | None
    """None when its delivery was pruned."""
    body_sha256: bytes | None
    columns: tuple[Any, ...] | None = None
    """The first columns of its row, where it is none among the events yet; see `Turn`."""


class Turn(NamedTuple):
    """Whose turn it is: the oldest events to process, in the order received."""

    claims: list[Claim]
    upto: int | None
    """The last delivery that was looked at for them; None when none was."""


def admit(connection: Connection, limit: int) -> int:
    """Makes events of the oldest accepted deliveries that are none yet.

    Returns:
        How many deliveries were looked at: 0 when there is nothing left.
    """
    driver = driver_of(connection)
    (admitted,) = driver.execute("SELECT value FROM progress WHERE name = 'admitted'").fetchone()
    upto, count = driver.execute(
        "SELECT max(id), count(*) FROM "
        "(SELECT id FROM deliveries WHERE id > ? ORDER BY id LIMIT ?)",
        (admitted, limit),
    ).fetchone()
    if not count:
        return 0
    driver.execute(
        "INSERT INTO events (id, identity, event, timestamp, connection_id, resource_type,"
        " resource_id, property_id, received_at, state, attempts) "
        "SELECT id, identity, event, timestamp, connection_id, resource_type,"
        " resource_id, property_id, received_at, 'pending', 0 "
        "FROM deliveries WHERE id > ? AND id <= ? AND event_id = id ORDER BY id",
        (admitted, upto),
    )
    _move_mark(driver, upto)
    return int(count)


def _move_mark(driver: sqlite3.Connection, upto: int) -> None:
    """Counts the events of the deliveries up to one as admitted."""
    driver.execute(
        "INSERT INTO connections (connection_id, registered, events, last_event_at) "
        "SELECT connection_id, 0, count(*), max(received_at) FROM deliveries "
        "WHERE id > (SELECT value FROM progress WHERE name = 'admitted') AND id <= ?"
        " AND event_id = id AND connection_id IS NOT NULL "
        "GROUP BY connection_id "
        "ON CONFLICT (connection_id) DO UPDATE SET events = events + excluded.events,"
        " last_event_at = excluded.last_event_at",
        (upto,),
    )
    driver.execute("UPDATE progress SET value = ? WHERE name = 'admitted'", (upto,))


def count_unadmitted(connection: Connection) -> int:
    """At most how many deliveries are still to be made events of; refused ones are among them."""
    (count,) = (
        driver_of(connection)
        .execute(
            "SELECT max(0, (SELECT coalesce(max(id), 0) FROM deliveries) - value) FROM progress"
            " WHERE name = 'admitted'"
        )
        .fetchone()
    )
    return int(count)


def take_turn(connection: Connection, limit: int) -> Turn | None:
    """The next events; None when there is nothing, not even to look through.

    To be followed by `store.processing.finishing.finish` and `end_turn`, in one transaction.
    """
    claims, all_read = _claim_pending(connection, limit)
    if not all_read or len(claims) == limit:
        return Turn(claims, None)
    # Older than all that is no event yet: what was put back goes first.
    rows = _read_new(connection, limit - len(claims))
    if not rows:
        return Turn(claims, None) if claims else None
    # A refused or repeated delivery is no event, and its body is not read; an empty one is no NULL.
    claims += [_claim_new(row) for row in rows if row[-2] is not None]
    return Turn(claims, rows[-1][0])


def end_turn(connection: Connection, turn: Turn, finished: int) -> None:
    """Leaves behind the deliveries of which events were made.

    Args:
        connection: the writer's.
        turn: what was taken.
        finished: how many of its events, from the first, were finished.
    """
    upto = turn.upto
    if finished < len(turn.claims):
        last = turn.claims[finished - 1]
        upto = last.id if finished and last.columns else None
    if upto is not None:
        _move_mark(driver_of(connection), upto)


def claim(connection: Connection, limit: int) -> list[Claim]:
    """The oldest pending events, in the order received: so many, or of so many bytes."""
    return _claim_pending(connection, limit)[0]


def _claim_pending(connection: Connection, limit: int) -> tuple[list[Claim], bool]:
    """The oldest pending events, and whether that is all of them up to the limit."""
    cursor = driver_of(connection).execute(
        "SELECT e.id, e.identity, e.event, e.timestamp, e.connection_id, e.resource_type,"
        " e.resource_id, e.property_id, e.received_at, e.attempts, e.forced, d.body, d.body_sha256 "
        "FROM events e LEFT JOIN deliveries d ON d.id = e.id "
        # Says twice what it means: the small index of open events is used only for its own words.
        "WHERE e.state IN ('pending', 'processing') AND e.state = 'pending' ORDER BY e.id LIMIT ?",
        (limit,),
    )
    rows, all_read = _read_bounded(cursor, body=11)
    claims = [
        Claim(
            row[0],
            EventFacts(row[1], row[2], from_micros(row[3]), row[4], row[5], row[6], row[7]),
            from_micros(row[8]),
            row[9],
            bool(row[10]),
            row[11],
            row[12],
        )
        for row in rows
    ]
    return claims, all_read


def _read_bounded(cursor: sqlite3.Cursor, *, body: int) -> tuple[list[tuple[Any, ...]], bool]:
    """Rows, until their bodies are large together; and whether those are all."""
    rows, size = [], 0
    for row in cursor:
        rows.append(row)
        size += len(row[body] or b"")
        if size > _MOST_BYTES:
            cursor.close()
            return rows, False
    return rows, True


def _read_new(connection: Connection, limit: int) -> list[tuple[Any, ...]]:
    """The oldest deliveries of which no events were made, with the body and its checksum."""
    cursor = driver_of(connection).execute(
        f"SELECT {', '.join(NEW)}, CASE WHEN event_id = id THEN body END,"  # noqa: S608 - ours
        " body_sha256 "
        "FROM deliveries WHERE id > (SELECT value FROM progress WHERE name = 'admitted') "
        "ORDER BY id LIMIT ?",
        (limit,),
    )
    return _read_bounded(cursor, body=len(NEW))[0]


def _claim_new(row: tuple[Any, ...]) -> Claim:
    return Claim(
        row[0],
        EventFacts(row[1], row[2], from_micros(row[3]), row[4], row[5], row[6], row[7]),
        from_micros(row[8]),
        0,  # attempts
        False,  # noqa: FBT003 - forced; by their names it takes twice as long
        row[9],
        row[10],
        row[:9],
    )
