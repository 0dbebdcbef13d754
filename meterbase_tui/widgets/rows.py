"""What a table shows and where it comes from: cells, rows, and the source that has them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Tone(StrEnum):
    """What a cell means, which the theme turns into a colour; the words are those of themes."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one column of a row. Tone is never the only sign: a glyph or a word says it."""

    text: str
    """Visible text, see `meterbase_tui.text`; the table cuts it to the column."""
    tone: Tone = Tone.PLAIN
    span: int = 1
    """Over how many columns it reaches, as far as they are shown; cells that it covers are not."""
    brief: str = ""
    """What stands there instead where the text would be cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, in the order of the table's columns; missing ones stay empty."""

    cells: tuple[Cell, ...]


class RowSource(Protocol):
    """Where the rows of a table come from, filter included: its ids, and the cells of some.

    The methods may block, and are called away from the loop of the screen. Ids are positive, grow
    with time and are returned in ascending order.
    """

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """The first `limit` ids above `row_id`; with None, the last `limit` of all."""

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """The last `limit` ids below `row_id`; more of them if they come as a range.

        A range may have ids without a row: `find_gaps` tells of them once `rows` has not found one.
        """

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """The rows that there still are among these."""

    def find_outdated(self) -> Sequence[int]:
        """Rows that may have changed since they were read; each is named once."""

    def find_gaps(self, row_ids: Sequence[int]) -> Sequence[range]:
        """The stretches of ids without rows in which these are, so far as more than these are."""


class RowCache:
    """The rows that were shown last, and which of them have to be asked for.

    A row is asked for when it is not there or out of date, and once: until the answer has come by
    `put`, `forget` or `release`, it is not asked for again. One that goes out of date while it is
    being fetched is asked for once more after the answer, since the answer may be older.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, row_id: int) -> Row | None:
        """A row as it was last known, out of date or not."""
        row = self._rows.get(row_id)
        if row is not None:
            self._rows.move_to_end(row_id)
        return row

    def put(self, rows: Mapping[int, Row]) -> None:
        """Takes rows that were fetched; the ones not used for longest make room."""
        for row_id, row in rows.items():
            self._asked.discard(row_id)
            self._rows[row_id] = row
            self._rows.move_to_end(row_id)
        while len(self._rows) > self._capacity:
            evicted = self._rows.popitem(last=False)[0]
            # A row that is being fetched may arrive in its old state: it stays marked.
            if evicted not in self._asked:
                self._stale.discard(evicted)

    def invalidate(self, row_ids: Iterable[int]) -> None:
        """Marks rows as out of date; they are shown as they were until the new ones come."""
        self._stale.update(i for i in row_ids if i in self._rows or i in self._asked)

    def invalidate_all(self) -> None:
        """Marks every row as out of date."""
        self.invalidate((*self._rows, *self._asked))

    def take_wanted(self, row_ids: Iterable[int]) -> tuple[int, ...]:
        """Those of the rows that have to be fetched; from here on they count as asked for."""
        wanted = tuple(
            i for i in row_ids if i not in self._asked and (i not in self._rows or i in self._stale)
        )
        self._asked.update(wanted)
        self._stale.difference_update(wanted)
        return wanted

    def release(self, row_ids: Iterable[int]) -> None:
        """Takes back that rows were asked for: nothing came of it."""
        released = self._asked.intersection(row_ids)
        self._asked -= released
        self._stale.update(i for i in released if i in self._rows)

    def forget(self, row_ids: Iterable[int]) -> None:
        """Drops rows that are no more."""
        for row_id in row_ids:
            self._rows.pop(row_id, None)
            self._asked.discard(row_id)
            self._stale.discard(row_id)
