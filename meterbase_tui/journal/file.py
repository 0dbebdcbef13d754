"""The log's file: private, bounded, and shared by all processes of a user."""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 1 << 20
KEPT = 4
"""Full files beside the one that is written: `.1` is the newest of them."""


class LogFile(logging.Handler):
    """Appends lines. Several processes may write to one file, and none waits for another."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES, kept: int = KEPT) -> None:
        """Opens nothing yet.

        Args:
            path: the file; its folder is made when it is needed.
            most_bytes: about how long the file becomes before it is put aside.
            kept: how many that were put aside are kept.
        """
        super().__init__()
        self.path = path
        self.problem: str | None = None
        """Why the last line could not be written; None when it was."""
        self._most_bytes = most_bytes
        self._kept = kept
        self._file = -1
        self._is_file: tuple[int, int] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a line. One that cannot be written is lost: nobody is troubled by it."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
            self._open(len(line))
            # One call: what several processes append at a time does not mix.
            os.write(self._file, line)
            self.problem = None
        except OSError as error:
            self.problem = f"The log {self.path} cannot be written: {error.strerror}."
        except Exception as error:  # noqa: BLE001 - the base class would print a traceback
            self.problem = f"A line of the log could not be made: {type(error).__name__}."

    def try_open(self) -> None:
        """Makes the file, so that `problem` says now whether it can be written."""
        try:
            self._open(0)
        except OSError as error:
            self.problem = f"The log {self.path} cannot be written: {error.strerror}."

    def close(self) -> None:
        """Closes the file."""
        self._close_file()
        super().close()

    def _open(self, more: int) -> None:
        """Makes sure that the file at the path is open, and has room."""
        there = _identity(self.path)
        if there is None or there != self._is_file:
            self._reopen()
        if os.fstat(self._file).st_size + more > self._most_bytes:
            self._rotate(more)
            self._reopen()

    def _reopen(self) -> None:
        self._close_file()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self.path, flags, 0o600)
        found = os.fstat(self._file)
        self._is_file = (found.st_dev, found.st_ino)

    def _close_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._is_file = -1, None

    def _rotate(self, more: int) -> None:
        with _claim(self.path.parent) as ours:
            # Another process may have been faster, and may not have made a new file yet.
            size = _size_of(self.path)
            if not ours or not size or size + more <= self._most_bytes:
                return
            for number in range(self._kept - 1, 0, -1):
                with suppress(FileNotFoundError):
                    aside(self.path, number).replace(aside(self.path, number + 1))
            self.path.replace(aside(self.path, 1))


def aside(path: Path, number: int) -> Path:
    """Where a file of the log is that was put aside; 0 is the one that is written."""
    return path.with_name(f"{path.name}.{number}") if number else path


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _claim(folder: Path) -> Iterator[bool]:
    """Whether this process alone may move files now; it does not wait for another one."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)
