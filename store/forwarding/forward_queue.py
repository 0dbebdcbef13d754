"""The queue of each target: what is to be passed on, in the order received.

Everything here runs inside one transaction of the writer. The queue is made of the deliveries
behind a target's mark, after they were acknowledged, so an acknowledgement costs nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.forwarding.forward_records import ForwardState
from store.headers import decode_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from store.records import Headers

_MARK = "forwarded:"


@dataclass(frozen=True, slots=True)
class Enlisted:
    """A delivery that has been put into a queue."""

    id: int
    delivery_id: int
    connection_id: str | None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a target's filters may ask of a delivery."""

    event: str
    resource_type: str | None
    connection_id: str | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery as it came, to be passed on."""

    id: int
    delivery_id: int
    method: str
    path: str
    """With its query, as it came."""
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Queue:
    """A target's queue at one moment."""

    waiting: tuple[Enlisted, ...]
    """Oldest first."""
    blocked: frozenset[str | None]
    """Connections that have something held: what is newer of them has to wait too."""
    held: int
    failed: int


def mark_of(target: str) -> str:
    """The name of a target's mark among the progress of everything."""
    return _MARK + target


def begin_target(connection: Connection, target: str) -> None:
    """Sets the mark of a target that is new: what came before is not passed on."""
    connection.exec_driver_sql(
        "INSERT INTO progress (name, value) SELECT ?, coalesce(max(id), 0) FROM deliveries "
        "WHERE true ON CONFLICT (name) DO NOTHING",
        (mark_of(target),),
    )


def enlist(
    connection: Connection,
    target: str,
    wants: Callable[[Candidate], bool],
    *,
    state: ForwardState = ForwardState.WAITING,
    limit: int = 500,
) -> tuple[list[Enlisted], bool]:
    """Puts accepted deliveries behind the mark into the queue.

    Returns:
        Those that the target wants, oldest first, and whether there may be more behind them.
    """
    mark = connection.exec_driver_sql(
        "SELECT value FROM progress WHERE name = ?", (mark_of(target),)
    ).scalar_one()
    rows = connection.exec_driver_sql(
        "SELECT id, event_id, event, resource_type, connection_id FROM deliveries "
        "WHERE id > ? ORDER BY id LIMIT ?",
        (mark, limit),
    ).all()
    if not rows:
        return [], False
    wanted = [
        (row[0], row[4])
        for row in rows
        if row[1] is not None and wants(Candidate(row[2], row[3], row[4]))
    ]
    entries = _insert(connection, target, wanted, state) if wanted else []
    connection.exec_driver_sql(
        "UPDATE progress SET value = ? WHERE name = ?", (rows[-1][0], mark_of(target))
    )
    return entries, len(rows) == limit


def count_behind(connection: Connection, target: str) -> int:
    """At most how many deliveries are behind a target's mark; refused ones are among them."""
    found = connection.exec_driver_sql(
        "SELECT max(0, (SELECT coalesce(max(id), 0) FROM deliveries) - value) FROM progress"
        " WHERE name = ?",
        (mark_of(target),),
    )
    return int(found.scalar_one())


def count_waiting(connection: Connection, target: str) -> int:
    """How many wait in a target's queue."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM forwards "
        "WHERE target = ? AND state = 'waiting' AND state IN ('waiting', 'held', 'failed')",
        (target,),
    )
    return int(found.scalar_one())


def _insert(
    connection: Connection,
    target: str,
    wanted: Sequence[tuple[int, str | None]],
    state: ForwardState,
) -> list[Enlisted]:
    first = _next_id(connection)
    entries = [
        Enlisted(first + index, delivery_id, connection_id)
        for index, (delivery_id, connection_id) in enumerate(wanted)
    ]
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO forwards (id, delivery_id, target, connection_id, state) "
        "VALUES (?, ?, ?, ?, ?)",
        [(e.id, e.delivery_id, target, e.connection_id, state) for e in entries],
    )
    return entries


def waiting(connection: Connection, target: str) -> list[Enlisted]:
    """What waits in a target's queue, oldest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, delivery_id, connection_id, attempts FROM forwards "
        "WHERE target = ? AND state = 'waiting' AND state IN ('waiting', 'held', 'failed') "
        "ORDER BY id",
        (target,),
    )
    return [Enlisted(*row) for row in rows]


def read_queue(connection: Connection, target: str) -> Queue:
    """A target's whole queue as it stands."""
    blocked = connection.exec_driver_sql(
        "SELECT connection_id, count(*) FROM forwards "
        "WHERE target = ? AND state = 'held' AND state IN ('waiting', 'held', 'failed') "
        "GROUP BY connection_id",
        (target,),
    ).all()
    failed = connection.exec_driver_sql(
        "SELECT count(*) FROM forwards "
        "WHERE target = ? AND state = 'failed' AND state IN ('waiting', 'held', 'failed')",
        (target,),
    ).scalar_one()
    return Queue(
        tuple(waiting(connection, target)),
        frozenset(row[0] for row in blocked),
        held=sum(row[1] for row in blocked),
        failed=failed,
    )


def change_state(
    connection: Connection, before: ForwardState, after: ForwardState, target: str | None = None
) -> int:
    """Moves everything in one open state to another, of one target or of all.

    Returns:
        How many there were.
    """
    done = connection.exec_driver_sql(
        "UPDATE forwards SET state = ?, attempts = 0, due_at = NULL WHERE state = ? "
        "AND state IN ('waiting', 'held', 'failed') AND target = coalesce(?, target)",
        (after, before, target),
    )
    return int(done.rowcount)


def read_parcels(connection: Connection, ids: Sequence[int]) -> list[Parcel]:
    """The deliveries of these forwards; those that were pruned are left out."""
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        "SELECT f.id, d.id, d.method, d.path, d.headers, d.body FROM forwards f "  # noqa: S608
        f"JOIN deliveries d ON d.id = f.delivery_id WHERE f.id IN ({marks}) ORDER BY f.id",
        tuple(ids),
    )
    return [
        Parcel(row[0], row[1], row[2], row[3], decode_headers(row[4]), bytes(row[5]))
        for row in rows
    ]


def _next_id(connection: Connection) -> int:
    found = connection.exec_driver_sql("SELECT max(id) FROM forwards").scalar()
    return int(found or 0) + 1
