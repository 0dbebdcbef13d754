"""One receiver a store: an advisory lock on a file beside it.

The lock is on a file of its own because opening and closing the database file itself would drop
SQLite's locks. The kernel releases it when the process ends, however it ends, so it is never stale.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from store.errors import StoreInUseError, StoreRefusedError

if TYPE_CHECKING:
    from pathlib import Path


class StoreLock:
    """Held from construction until `release`."""

    def __init__(self, store: Path) -> None:
        """Takes the lock.

        Raises:
            StoreInUseError: another process holds it; the sentence names its process id.
            StoreRefusedError: the folder or the file system does not let us lock.
        """
        self._file: int | None = None
        path = store.with_name(store.name + ".lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, str(os.getpid()).encode("ascii"), 0)
        except BlockingIOError:
            holder = self._read_holder()
            self.release()
            raise in_use(store, holder) from None
        except OSError as error:
            self.release()
            raise StoreRefusedError(
                f"The store's lock file {path} cannot be written ({error.strerror}). Check the "
                "permissions and the disk, or choose another store with --db."
            ) from error

    def _read_holder(self) -> int | None:
        with suppress(ValueError):
            return int(os.pread(self._file or 0, 20, 0))
        return None

    def release(self) -> None:
        """Gives the lock back. The file stays: removing it would race with the next holder."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def in_use(store: Path, holder: int | None) -> StoreInUseError:
    """The error that a store has its receiver already.

    Args:
        store: the store's file.
        holder: the process that has it open, if that is known.
    """
    process = f" (process {holder})" if holder else ""
    return StoreInUseError(
        f"Another receiver{process} is using the store {store}. Stop it, choose another store with "
        "--db, or watch it with `meterbase-tui view`. Commands that only look work meanwhile.",
        holder,
    )
