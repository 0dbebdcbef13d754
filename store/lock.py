"""One receiver a store: an advisory lock on a file beside it.

The lock is on a file of its own because opening and closing the database file itself would drop
SQLite's locks. The kernel releases it when the process ends, however it ends, so it is never stale.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from store.errors import StoreInUseError

if TYPE_CHECKING:
    from pathlib import Path


class StoreLock:
    """Held from construction until `release`."""

    def __init__(self, store: Path) -> None:
        """Takes the lock.

        Raises:
            StoreInUseError: another process holds it; the sentence names its process id.
        """
        self._path = store.with_name(store.name + ".lock")
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._read_holder()
            os.close(self._file)
            raise StoreInUseError(
                f"Another receiver{holder} is using the store {store}. Stop it, look at the store "
                "with `meterbase-tui view`, or choose another store with --db."
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode("ascii"), 0)

    def _read_holder(self) -> str:
        with suppress(ValueError):
            return f" (process {int(os.pread(self._file, 20, 0))})"
        return ""

    def release(self) -> None:
        """Gives the lock back. The file stays: removing it would race with the next holder."""
        os.close(self._file)
