"""How much of the write-ahead log is in use: its file keeps its size, so that does not tell.

What is written is added up as far as it can be told. That it was more is known for certain once the
file grows: SQLite writes beyond its end only when all of it is in use.
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
    """What was written to the log of a store since all of it was moved."""

    def __init__(self, path: Path) -> None:
        """Begins with a log that is empty."""
        self._file = f"{path}-wal"
        self._written = 0
        self._left = 0
        """The size that the file had when all of it was moved."""
        self._size = self._ask_at = 0
        """What it had when it was asked last, and when it is asked again."""
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

    def note_moved(self, *, more: int = 0) -> None:
        """All of it was moved, or that is to be tried again when so many bytes more are in use."""
        self._written = self._ask_at = 0
        self._left = self.size() + more

    def note_cut(self) -> None:
        """All of it was moved, and the file is empty."""
        self._written = self._ask_at = self._left = self.room = 0

    def exceeds(self, limit: int) -> bool:
        """Whether more bytes than that are in use."""
        if self._written > limit:
            return True
        return _SURE * self._written > limit and self._asked() > max(limit, self._left, self.room)

    def _asked(self) -> int:
        if self._written >= self._ask_at:
            self._size, self._ask_at = self.size(), self._written + _ASK_EVERY
        return self._size

    def size(self) -> int:
        """Bytes of the file; 0 if there is none."""
        # Only its size is asked: opening the file would drop SQLite's locks.
        with suppress(OSError):
            return os.stat(self._file).st_size  # noqa: PTH116
        return 0
