"""The full-text index over accepted deliveries: built behind a mark, after the acknowledgement.

It holds, for every run of three characters, the deliveries that have it in their body, ids or path.
What it finds is looked at again, so it may promise too much and never too little; what is not in it
yet is looked through. Refused deliveries stay out of it: they are few, they come and go, and what
strangers can send must not grow it.

`search_index` is a table of FTS5 without content and positions: 0.6 bytes a byte of body, a quarter
of what positions would take, for the same answers in the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, TextClause

SHORTEST = 3
"""Characters that a term must have to be looked up; shorter ones are looked for in every row."""
_BATCH_BYTES = 32 << 10
"""Indexed in one transaction: 64 documented payloads, some 6 ms that an acknowledgement waits."""
_BATCH_ROWS = 64
_MOST_RUNS = 4
"""Of a term that are looked up; the rest is only compared. Measured: with all of them a search over
100,000 deliveries takes 12 ms, with the four rarest 0.5 ms."""
_SAMPLE = (
    "SELECT lower(cast(body AS TEXT) || path) FROM"
    " (SELECT body, path, size, event_id FROM deliveries ORDER BY id DESC LIMIT 200)"
    # What was refused may be no text at all.
    " WHERE size < 8192 AND event_id IS NOT NULL"
)
_WORDS = (
    "cast(d.body AS TEXT) || char(10) || d.path || char(10) || coalesce(d.resource_id, '')"
    " || char(10) || coalesce(d.connection_id, '')"
)


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far the index has come."""

    indexed: int
    """Every accepted delivery up to this number is in it."""
    newest: int

    @property
    def behind(self) -> int:
        """How many numbers it is behind; refused and pruned ones count."""
        return max(0, self.newest - self.indexed)


def read_search_progress(connection: Connection) -> SearchProgress:
    """How far the index has come now."""
    newest = connection.exec_driver_sql("SELECT max(id) FROM deliveries").scalar()
    return SearchProgress(_mark(connection), int(newest or 0))


def index_batch(connection: Connection) -> int:
    """Adds the oldest accepted deliveries that are not in the index, in the caller's transaction.

    Returns:
        How many deliveries were looked at: 0 when there is nothing left.
    """
    mark = _mark(connection)
    sizes = connection.exec_driver_sql(
        "SELECT id, size FROM deliveries WHERE id > ? ORDER BY id LIMIT ?", (mark, _BATCH_ROWS)
    ).all()
    if not sizes:
        return 0
    count = _fitting([size for _, size in sizes])
    last = sizes[count - 1][0]
    connection.exec_driver_sql(
        f"INSERT INTO search_index (rowid, words) SELECT d.id, {_WORDS} FROM deliveries d"  # noqa: S608
        " WHERE d.id > ? AND d.id <= ? AND d.event_id IS NOT NULL ORDER BY d.id",
        (mark, last),
    )
    connection.exec_driver_sql("UPDATE progress SET value = ? WHERE name = 'searchable'", (last,))
    return count


def forget_indexed(connection: Connection, ids: Sequence[int]) -> None:
    """Takes deliveries out of the index, in the transaction that deletes them afterwards."""
    marks = ", ".join("?" * len(ids))
    connection.exec_driver_sql(
        f"INSERT INTO search_index (search_index, rowid, words) SELECT 'delete', d.id, {_WORDS}"  # noqa: S608
        f" FROM deliveries d WHERE d.id IN ({marks}) AND d.id <= ? AND d.event_id IS NOT NULL",
        (*ids, _mark(connection)),
    )


def can_be_looked_up(term: str) -> bool:
    """Whether the index can narrow a search for a term down."""
    return len(term) >= SHORTEST and "\x00" not in term


def promises(connection: Connection, term: str) -> TextClause:
    """The condition that a row of the index may be of a delivery that contains a term.

    A run that nearly every delivery has narrows nothing down, and walking its long list takes
    nearly all of the time. So those are looked up that are the rarest among the newest deliveries.
    """
    runs = dict.fromkeys(term[at : at + SHORTEST] for at in range(len(term) - SHORTEST + 1))
    texts = connection.exec_driver_sql(_SAMPLE).scalars().all()
    rarest = sorted(runs, key=lambda run: sum(run.lower() in words for words in texts))[:_MOST_RUNS]
    query = " AND ".join('"' + run.replace('"', '""') + '"' for run in rarest)
    return text("search_index MATCH :runs").bindparams(runs=query)


def _fitting(sizes: Sequence[int]) -> int:
    """How many of the first fit into a batch; at least one."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if total > _BATCH_BYTES and count:
            return count
    return len(sizes)


def _mark(connection: Connection) -> int:
    found = connection.exec_driver_sql("SELECT value FROM progress WHERE name = 'searchable'")
    return int(found.scalar_one())
