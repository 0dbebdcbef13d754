"""Whether a store's files are still those that were opened.

Commits into a file that was deleted go on "succeeding" for as long as it is open, and into a
write-ahead log that was deleted until the next start.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LATELY_S = 0.002
"""How long files that were found are not looked for again: looking takes 10 µs, and in a burst the
look after one commit stands for the one before the next."""


class OpenFiles:
    """The database file and its log, as they are at construction: after both were opened."""

    def __init__(self, path: Path) -> None:
        self._found_at: float | None = None
        self._expected = {name: _identify(name) for name in (str(path), f"{path}-wal")}

    def in_place(self) -> bool:
        """Whether both can still be found under their names."""
        found = all(_identify(name) == found for name, found in self._expected.items())
        self._found_at = time.monotonic() if found else None
        return found

    @property
    def were_in_place_lately(self) -> bool:
        """Whether both were found within `LATELY_S`."""
        return self._found_at is not None and time.monotonic() - self._found_at < LATELY_S


def _identify(name: str) -> tuple[int, int] | None:
    with suppress(OSError):
        found = os.stat(name)  # noqa: PTH116 - twice a commit; pathlib costs three times as much
        return found.st_dev, found.st_ino
    return None
