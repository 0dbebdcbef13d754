"""Reads the log: the newest lines over all of its files, and what is added from then on."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from meterbase_tui.journal.entries import LEVELS, LONGEST_LINE, read_entry
from meterbase_tui.journal.file import KEPT, aside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from meterbase_tui.journal.entries import Entry


class LogReader:
    """Reads on from where it stopped, also over a file that was put aside meanwhile.

    It may block for as long as the disk takes: keep it off the screen's loop.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._rest = b""

    def read(self, least: str = LEVELS[0]) -> Iterator[Entry]:
        """What was added since the last call, oldest first; the first call gives all there is.

        Args:
            least: leaves entries of a lower level out.
        """
        gravity = LEVELS.index(least)
        for line in self._lines():
            entry = read_entry(line.decode("utf-8", "replace"))
            if entry is not None and entry.gravity >= gravity:
                yield entry

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lines(self) -> Iterator[bytes]:
        if self._file is None:
            yield from self._open_from(KEPT)
        elif self._moved():
            number = self._number_now()
            yield from self._read_file()
            self.close()
            # What lies between that file and the one that is written now.
            yield from self._open_from(KEPT if number is None else number - 1)
        else:
            yield from self._read_file()

    def _open_from(self, oldest: int) -> Iterator[bytes]:
        for number in range(oldest, -1, -1):
            try:
                file = aside(self.path, number).open("rb")
            except FileNotFoundError:
                continue
            self.close()
            self._file, self._rest = file, b""
            yield from self._read_file()

    def _read_file(self) -> Iterator[bytes]:
        assert self._file is not None
        while part := self._file.read(1 << 16):
            *lines, self._rest = (self._rest + part).split(b"\n")
            yield from lines
            if len(self._rest) > LONGEST_LINE:
                self._rest = b""

    def _moved(self) -> bool:
        """Whether another file is written now than the one that is read."""
        return self._number_now() != 0

    def _number_now(self) -> int | None:
        """Where the file that is read stands among those of the log; None when it is gone."""
        assert self._file is not None
        mine = os.fstat(self._file.fileno())
        for number in range(KEPT + 1):
            try:
                there = aside(self.path, number).stat()
            except FileNotFoundError:
                continue
            if (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino):
                return number
        return None


def newest(entries: Iterator[Entry], limit: int) -> list[Entry]:
    """The last of some entries; all of them when the limit is 0."""
    return list(deque(entries, maxlen=limit or None))
