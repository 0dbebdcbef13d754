"""Which process has a store open for writing, found out without touching its lock."""

from __future__ import annotations

import os
from pathlib import Path

_LOCKS = Path("/proc/locks")


def find_holder(store: Path, locks: Path = _LOCKS) -> int | None:
    """The process that holds the lock of a store; None when nobody does.

    Args:
        store: the store's file.
        locks: the kernel's list of locks. Where there is none, the process that took the lock last
            is the holder for as long as it lives.
    """
    # As the lock does it: every name of a store leads to one file.
    real = Path(os.path.realpath(store))
    lock = real.with_name(real.name + ".lock")
    try:
        # Trying the lock would tell for certain, and could make a receiver that just starts fail.
        pid = int(lock.read_bytes()[:20])
        inode = lock.stat().st_ino
    except (OSError, ValueError):
        return None
    held = _is_listed(inode, locks)
    return pid if (_lives(pid) if held is None else held) else None


def _is_listed(inode: int, locks: Path) -> bool | None:
    """Whether the kernel lists a lock on a file; None where it lists none at all.

    A line is `1: FLOCK ADVISORY WRITE 1234 08:01:5678 0 EOF`; the device is not compared, since
    some file systems report another one there than to `stat`.
    """
    try:
        lines = locks.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    fields = (line.split() for line in lines)
    return any(
        "FLOCK" in each and any(part.endswith(f":{inode}") for part in each) for each in fields
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
