"""Rows for a statement, in sizes of which SQLite can keep every one compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_T = TypeVar("_T")
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
