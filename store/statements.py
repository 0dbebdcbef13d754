"""Statements for many rows, in sizes of which SQLite can keep every one compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_T = TypeVar("_T")
INSERT_MANY = "INSERT OR FAIL INTO"
"""How many rows are inserted by one statement, in a transaction that any error rolls back.

SQLite's own way is to undo the statement alone, for which it copies every page that it changes, and
beyond 64 KiB into a file: a third of what inserting the rows of events took.
"""
_STEP = 16
_MOST = 256


def in_parts(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Parts of a batch in its order: one or two up to 256 rows.

    A part has 16 rows or a multiple, and the last what is left. A statement of every size up to 256
    would take 60 MB and 3 ms when it is met first; powers of two would be up to eight statements,
    and after each the writer may have to wait for the interpreter.
    """
    start, left = 0, len(rows)
    while left:
        size = min(_MOST, left - left % _STEP or left)
        yield rows[start : start + size]
        start += size
        left -= size
