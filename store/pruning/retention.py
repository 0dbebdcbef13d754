"""Pruning: old deliveries go, with their bodies; what they led to stays.

Events are never deleted: their identity is what makes a late retry a duplicate. Changes,
notifications and records stay too. What is still to be processed or passed on does not go.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from store.errors import StoreUnavailableError
from store.forwarding import forward_queue
from store.reading.search import forget_indexed
from store.safekeeping.lock import StoreLock
from store.structure.tables import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

_WORTH_IT = 0.05
"""The share of a file that must be free before all of it is written anew."""
_AT_ONCE = 200
"""Deliveries looked at in one transaction: some 20 ms that an acknowledgement may wait."""
_GONE_WITH_IT = (
    (
        "DELETE FROM forward_attempts WHERE forward_id IN"
        " (SELECT id FROM forwards WHERE delivery_id IN ({marks}))"
    ),
    "DELETE FROM forwards WHERE delivery_id IN ({marks})",
    "DELETE FROM acknowledgements WHERE delivery_id IN ({marks})",
    "DELETE FROM diagnoses WHERE delivery_id IN ({marks})",
    "DELETE FROM deliveries WHERE id IN ({marks})",
)
UNNEEDED = (
    " NOT EXISTS (SELECT 1 FROM events e WHERE e.id = d.event_id"
    " AND e.state IN ('pending', 'processing'))"
    " AND NOT EXISTS (SELECT 1 FROM forwards f WHERE f.delivery_id = d.id"
    " AND f.state IN ('waiting', 'held'))"
)
"""One that was not admitted has no event yet; `last_settled` leaves those out."""
_CHOSEN = (
    " d.id <= :last AND (d.event_id IS NULL OR d.id <= :settled) AND (d.received_at < :before"
    " OR d.id <= CASE WHEN d.event_id IS NULL THEN :refused ELSE :accepted END)"
    f" AND {UNNEEDED}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which deliveries go: those of a condition below, unless something still needs them."""

    before: int = 0
    """What was received earlier, in microseconds since 1970."""
    refused: int = 0
    """Refused ones up to this number, however new."""
    accepted: int = 0
    """Accepted ones up to this number, however new."""
    settled: int
    """Never an accepted one above this number: it is not known as an event yet, or not to the
    queues of all targets."""
    last: int
    """Never one above this number."""


@dataclass(frozen=True, slots=True)
class Prunable:
    """What a prune would delete."""

    deliveries: int
    size: int
    """Bytes of their bodies and headers."""
    kept: int
    """How many deliveries would be left."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one transaction of a prune did."""

    deleted: int
    after: int | None
    """Where the next one begins; None when there is nothing left."""


def count_prunable(connection: Connection, before: datetime, keep: int) -> Prunable:
    """What would go: deliveries received before an instant, but for the newest `keep`."""
    selection = _select(connection, before, keep)
    count, size = connection.exec_driver_sql(
        "SELECT count(*), sum(length(d.headers) + length(d.body)) FROM deliveries d"  # noqa: S608
        f" WHERE {_CHOSEN}",
        asdict(selection),
    ).one()
    total = connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar_one()
    return Prunable(count, size or 0, total - count)


def list_chosen(
    connection: Connection, selection: Selection, after: int, limit: int
) -> list[tuple[int, int]]:
    """The first deliveries of a selection above a number: each with the bytes that it takes.

    It may look through much that is not chosen: no work for the writer.
    """
    rows = connection.exec_driver_sql(
        "SELECT d.id, length(d.headers) + length(d.body) FROM deliveries d"  # noqa: S608
        f" WHERE d.id > :after AND {_CHOSEN} ORDER BY d.id LIMIT :limit",
        asdict(selection) | {"after": after, "limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


def delete_chosen(connection: Connection, selection: Selection, ids: Sequence[int]) -> int:
    """Deletes those of some deliveries that are still chosen, in the caller's transaction.

    Something may need one by now that needed it not when it was listed.

    Returns:
        How many were deleted.
    """
    marks = ", ".join(str(int(number)) for number in ids)
    doomed = (
        connection.exec_driver_sql(
            f"SELECT d.id FROM deliveries d WHERE d.id IN ({marks}) AND {_CHOSEN}",  # noqa: S608
            asdict(selection),
        )
        .scalars()
        .all()
    )
    if doomed:
        _delete(connection, doomed)
    return len(doomed)


def prune_some(connection: Connection, before: datetime, keep: int, after: int = 0) -> Pruned:
    """Deletes a bounded part of what `count_prunable` counts, in the caller's transaction.

    Args:
        connection: the writer's.
        before: only what was received earlier.
        keep: how many of the newest stay, however old.
        after: only above this number; what the call before gave.
    """
    return prune_next(connection, _select(connection, before, keep), after)


def prune_next(connection: Connection, selection: Selection, after: int = 0) -> Pruned:
    """As `prune_some`, for any selection."""
    looked_at = connection.exec_driver_sql(
        "SELECT id FROM deliveries WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
        (after, selection.last, _AT_ONCE),
    )
    ids = looked_at.scalars().all()
    if not ids:
        return Pruned(0, None)
    return Pruned(delete_chosen(connection, selection, ids), ids[-1])


def compact(path: Path) -> int:
    """Gives the space of what was deleted back to the disk; the store must not be in use.

    Returns:
        By how many bytes the file became smaller; 0 when little of it is free.

    Raises:
        StoreInUseError: a receiver has it open.
        StoreUnavailableError: there is no room: for a while the disk must hold the store twice.
    """
    lock = StoreLock(path)
    try:
        before = path.stat().st_size
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count")
            )
            if free < pages * _WORTH_IT:
                return 0
            connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before - path.stat().st_size
    except sqlite3.Error as error:
        raise StoreUnavailableError(
            f"The space could not be given back to the disk ({error}): writing {path} anew takes "
            "as much room again. What was deleted is deleted."
        ) from error
    finally:
        lock.release()


def _delete(connection: Connection, ids: Sequence[int]) -> None:
    # The highest number ever given is noted first: a number is never given twice.
    connection.exec_driver_sql(
        "UPDATE progress SET value = max(value, (SELECT max(id) FROM deliveries))"
        " WHERE name = 'last_delivery'"
    )
    forget_indexed(connection, ids)
    marks = ", ".join("?" * len(ids))
    for statement in _GONE_WITH_IT:
        connection.exec_driver_sql(statement.format(marks=marks), tuple(ids))


def _select(connection: Connection, before: datetime, keep: int) -> Selection:
    """What was received before an instant, but for the newest `keep`."""
    settled = last_settled(connection)
    oldest_kept = connection.exec_driver_sql(
        "SELECT min(id) FROM (SELECT id FROM deliveries ORDER BY id DESC LIMIT ?)", (keep,)
    ).scalar()
    last = settled if oldest_kept is None else min(settled, int(oldest_kept) - 1)
    return Selection(before=to_micros(before), settled=settled, last=last)


def last_settled(connection: Connection, targets: Sequence[str] = ()) -> int:
    """Up to this number every delivery is known as an event, and to the queues of these targets."""
    names = ["admitted", *(forward_queue.mark_of(target) for target in targets)]
    marks = ", ".join("?" * len(names))
    found = connection.exec_driver_sql(
        f"SELECT min(value) FROM progress WHERE name IN ({marks})",  # noqa: S608 - question marks
        tuple(names),
    )
    return int(found.scalar_one())
