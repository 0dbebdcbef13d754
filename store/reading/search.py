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
"""Characters of what the index knows. A shorter term is found by all that begin with it."""
_BATCH_BYTES = 32 << 10
"""Indexed in one transaction: 64 documented payloads, some 6 ms that an acknowledgement waits."""
_BATCH_ROWS = 64
_MOST_RUNS = 4
"""Of a term that are looked up; the rest is only compared. Measured: with all of them a search over
100,000 deliveries takes 12 ms, with the four rarest 0.5 ms."""
_FREQUENT = 0.05
"""Where a short term is in so many of the newest deliveries, looking through them is quicker."""
_MOST_BEGINNINGS = 500
_BEGINNINGS = "search_beginnings"
"""A view of the words in the index; it is the reader's own, and nothing of it is in the file."""
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


def promises(connection: Connection, term: str) -> TextClause | None:
    """The condition that a row of the index may be of a delivery that contains a term.

    None when the index does not narrow the search down. For a term shorter than `SHORTEST` it
    leaves out those that have it in the last characters of their connection's id only; see
    `connections_ending_in`.
    """
    if "\x00" in term:
        return None
    texts = connection.exec_driver_sql(_SAMPLE).scalars().all()
    if len(term) >= SHORTEST:
        return _matches(" AND ", _rarest_runs(term, texts))
    # What the index holds of other letters is folded in a way of its own.
    if not term.isascii() or _is_frequent(term, texts):
        return None
    beginnings = _find_beginnings(connection, term.lower())
    return None if len(beginnings) > _MOST_BEGINNINGS else _matches(" OR ", beginnings)


def connections_ending_in(connection: Connection, term: str) -> list[str]:
    """The connections whose ids have a short term in their last two characters.

    They end what is indexed of a delivery, and no run of three characters begins there.
    """
    rows = connection.exec_driver_sql(
        "SELECT connection_id FROM connections WHERE instr(lower(substr(connection_id, -2)), ?)",
        (term.lower(),),
    )
    return [each for (each,) in rows]


def _rarest_runs(term: str, texts: Sequence[str]) -> list[str]:
    """Of a term those runs of characters that are the rarest among the newest deliveries.

    One that nearly every delivery has narrows nothing down, and walking its long list takes nearly
    all of the time.
    """
    runs = dict.fromkeys(term[at : at + SHORTEST] for at in range(len(term) - SHORTEST + 1))
    return sorted(runs, key=lambda run: sum(run.lower() in words for words in texts))[:_MOST_RUNS]


def _is_frequent(term: str, texts: Sequence[str]) -> bool:
    return sum(term.lower() in words for words in texts) > _FREQUENT * len(texts)


def _find_beginnings(connection: Connection, term: str) -> list[str]:
    """What the index holds that begins with a term, found by its order."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{_BEGINNINGS}"
        " USING fts5vocab(main, search_index, row)"
    )
    rows = connection.exec_driver_sql(
        f"SELECT term FROM temp.{_BEGINNINGS} WHERE term >= ? AND term < ? LIMIT ?",  # noqa: S608
        (term, term[:-1] + chr(ord(term[-1]) + 1), _MOST_BEGINNINGS + 1),
    )
    return [each for (each,) in rows]


def _matches(operator: str, runs: Sequence[str]) -> TextClause:
    if not runs:
        return text("0")
    query = operator.join('"' + run.replace('"', '""') + '"' for run in runs)
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
