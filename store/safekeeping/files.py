"""Whether a store's files are still those that were opened.

Commits into a file that was deleted go on "succeeding" for as long as it is open, and into a
write-ahead log that was deleted until the next start.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LATELY_S = 0.002
"""How long files that were found are not looked for again: looking takes 8 µs, a tenth of what a
delivery that comes alone waits for beside the disk. Who deletes them loses what was acknowledged in
the milliseconds before; so it is in those after."""


class OpenFiles:
    """The database file and its log, as they are at construction: after both were opened."""

    def __init__(self, path: Path) -> None:
        self._found_at: float | None = None
        self._expected = [(name, _identify(name)) for name in (str(path), f"{path}-wal")]

    def in_place(self) -> bool:
        """Whether both can be found under their names, or could within `LATELY_S`."""
        now = time.monotonic()
        if self._found_at is not None and now - self._found_at < LATELY_S:
            return True
        for name, expected in self._expected:
            if _identify(name) != expected:
                self._found_at = None
                return False
        self._found_at = now
        return True


def _identify(name: str) -> tuple[int, int] | None:
    try:  # not `suppress`, which costs as much as looking
        found = os.stat(name)  # noqa: PTH116 - twice a commit; pathlib costs three times as much
    except OSError:
        return None
    return found.st_dev, found.st_ino
