"""How much of the write-ahead log is in use: its file keeps its size, so that does not tell.

What is written is added up as far as it can be told. How much it was is known for certain while the
file grows: SQLite writes beyond its end only when all of it is in use. That is remembered until
there is a pause, since the file does not grow again for as much.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ROW_BYTES, _COMMIT_BYTES = 1_024, 6 << 10
"""What a row takes in the log beside its body, pages of indexes too, and what any transaction does,
which writes whole pages."""
_FEW_ROWS, _SCATTERED_BYTES = 64, 2_560
"""Of the rows of work so many are on pages of their own, mostly of indexes; others share them."""
_SURE = 4
"""So many times what is told was never written: the file need not be asked."""
_ASK_EVERY = 1 << 20
"""Bytes that are told of until the file is asked again: a delivery that comes alone would wait."""


class LogUse:
    """What was written to the log of a store since it was moved."""

    def __init__(self, path: Path) -> None:
        """Begins with all of the file in use: whoever made the store, or had it, wrote to it."""
        self._file = f"{path}-wal"
        self._written = self.size()
        self._left = self._stuck = 0
        """The size that the file had when it was moved the last time, and how much of that was not
        moved: the file grew from there."""
        self._ask_at = 0
        """How much is told of when the file is asked again."""
        self._scale = 1.0
        """How many bytes are in use for each that is told of, as far as the file has shown."""
        self.room = 0
        """The size that it is given before it is in use."""
        self.of_arrivals = 0
        """Bytes of it that arrivals wrote, since there was a pause."""

    def note_write(self, arrivals: int = 0) -> None:
        """A transaction begins, with arrivals of so many bytes."""
        self._written += _COMMIT_BYTES + arrivals
        if arrivals:
            self.of_arrivals += _COMMIT_BYTES + arrivals

    def note_rows(self, count: int, *, scattered: bool = False) -> None:
        """A transaction has changed so many rows, one after the other or here and there."""
        self._written += count * _ROW_BYTES
        if scattered:
            self._written += min(count, _FEW_ROWS) * _SCATTERED_BYTES

    def note_moved(self, *, whole: bool) -> None:
        """All of it was moved, or as much as could be: what counts is what comes after that."""
        self._written = self._ask_at = 0
        self._left = self.size()
        self._stuck = 0 if whole else self._left

    def note_cut(self) -> None:
        """All of it was moved, and the file is empty."""
        self._written = self._ask_at = self._left = self._stuck = self.room = 0

    def note_pause(self) -> None:
        """Whatever comes next may be of another kind."""
        self.of_arrivals = 0
        self._scale = 1.0

    def exceeds(self, limit: int) -> bool:
        """Whether more bytes than that are in use."""
        if self._scale * self._written <= limit < _SURE * self._written:
            self._learn()
        return self._scale * self._written > limit

    def _learn(self) -> None:
        """Asks the file how much is in use for what was told; only one that has grown knows."""
        if self._written < self._ask_at:
            return
        self._ask_at = self._written + _ASK_EVERY
        size = self.size()
        if size > max(self._left, self.room):
            self._scale = min(max(self._scale, (size - self._stuck) / self._written), _SURE)

    def size(self) -> int:
        """Bytes of the file; 0 if there is none."""
        # Only its size is asked: opening the file would drop SQLite's locks.
        with suppress(OSError):
            return os.stat(self._file).st_size  # noqa: PTH116
        return 0
