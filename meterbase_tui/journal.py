"""The program's own log: what went wrong inside, in a private file beside the store.

It exists only once there is something to say. Nothing reaches the terminal: a line there would tear
the screen, and could carry bytes that strangers sent.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from typing import IO, TYPE_CHECKING

from meterbase_tui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_BYTES = 1 << 20
_MOST_ENTRY = 20_000


def journal_path(store: Path) -> Path:
    """Where the log of a store is."""
    return store.with_name(store.name + ".log")


class _PrivateFile(RotatingFileHandler):
    """A log file that only its owner can read."""

    def _open(self) -> IO[str]:  # type: ignore[override]
        def open_privately(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=open_privately)


class _VisibleFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record), _MOST_ENTRY, newline=True)


@contextmanager
def keep_journal(store: Path) -> Iterator[None]:
    """Sends warnings and errors of the whole program to the log for as long as the block lasts."""
    handler = _PrivateFile(
        journal_path(store), maxBytes=_MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(_VisibleFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
