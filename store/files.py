"""Whether a store's files are still those that were opened.

Commits into a file that was deleted go on "succeeding" for as long as it is open, and into a
write-ahead log that was deleted until the next start.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class OpenFiles:
    """The database file and its log, as they are at construction: after both were opened."""

    def __init__(self, path: Path) -> None:
        self._expected = {name: _identify(name) for name in (str(path), f"{path}-wal")}

    def in_place(self) -> bool:
        """Whether both can still be found under their names."""
        return all(_identify(name) == found for name, found in self._expected.items())


def _identify(name: str) -> tuple[int, int] | None:
    with suppress(OSError):
        found = os.stat(name)  # noqa: PTH116 - twice a commit; pathlib costs three times as much
        return found.st_dev, found.st_ino
    return None
