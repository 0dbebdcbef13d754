"""The program's own log as the screen's tables want it: entries by number, narrowed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from typing import TYPE_CHECKING

from meterbase_tui.journal.entries import LEVELS
from meterbase_tui.journal.reading import LogReader
from meterbase_tui.wording.log_rows import entry_row, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from meterbase_tui.journal.entries import Entry
    from meterbase_tui.widgets.rows import Row

_MOST = 20_000
"""Entries that are held, some 20 MB; the files of the log may have more."""


class LogBook:
    """The newest entries of the log, numbered in the order in which they were written.

    Its methods and those of its sources are to be called on one thread; they read a file.
    """

    def __init__(self, path: Path) -> None:
        self._reader = LogReader(path)
        self._entries: deque[Entry] = deque(maxlen=_MOST)
        self._last = 0

    def read(self) -> None:
        """Takes in what was added."""
        for entry in self._reader.read():
            self._entries.append(entry)
            self._last += 1

    def get(self, number: int) -> Entry | None:
        """An entry, if it is still held."""
        index = number - self._last + len(self._entries) - 1
        return self._entries[index] if 0 <= index < len(self._entries) else None

    @property
    def numbers(self) -> range:
        """Those of the entries that are held."""
        return range(self._last - len(self._entries) + 1, self._last + 1)

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()


class EntrySource:
    """Entries of a level or a higher one that contain a text; see `RowSource`."""

    def __init__(self, book: LogBook, least: str = LEVELS[0], term: str = "") -> None:
        self._book = book
        self._least = LEVELS.index(least)
        self._term = term.casefold()
        self._looked = 0
        self._found: list[int] = []

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        self._look()
        if row_id is None:
            return self._found[-limit:]
        at = bisect_right(self._found, row_id)
        return self._found[at : at + limit]

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        at = bisect_left(self._found, row_id)
        return self._found[max(0, at - limit) : at]

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """See `RowSource`."""
        found = {number: self._book.get(number) for number in row_ids}
        return {number: entry_row(entry) for number, entry in found.items() if entry is not None}

    def find_outdated(self) -> Sequence[int]:
        """See `RowSource`: an entry never changes."""
        return ()

    def find_gaps(self, row_ids: Sequence[int]) -> Sequence[range]:  # noqa: ARG002
        """See `RowSource`: every number was read."""
        return ()

    def _look(self) -> None:
        self._book.read()
        numbers = self._book.numbers
        for number in range(max(self._looked + 1, numbers.start), numbers.stop):
            entry = self._book.get(number)
            if entry is not None and self._wants(entry):
                self._found.append(number)
        self._looked = numbers.stop - 1

    def _wants(self, entry: Entry) -> bool:
        if entry.gravity < self._least:
            return False
        if not self._term:
            return True
        words = (entry.logger, words_of(entry), entry.traceback or "")
        return any(self._term in each.casefold() for each in words)
