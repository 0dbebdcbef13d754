"""The machine: its cores, and what an fsync costs on it."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
"""The checkout: every process is started there, so that it is this code that is measured."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core serves and which one makes the load; None where processes cannot be pinned."""

    server: int | None = None
    load: int | None = None


def find_cores() -> Cores:
    """The first two cores that we may use; without two, or on a system that cannot pin, none."""
    if not hasattr(os, "sched_getaffinity"):
        return Cores()
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(*allowed[:2]) if len(allowed) > 1 else Cores()


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Keeps this thread on a core meanwhile: what it starts stays there, from its first moment."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def time_fsync(folder: Path, times: int = 50) -> float:
    """Milliseconds that a write of 4 KiB with fsync takes in a folder (median)."""
    took = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            started = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            took.append(time.perf_counter() - started)
    return 1000 * median(took)


def describe_machine(folder: Path, cores: Cores) -> str:
    """A sentence on what the figures were measured on; it names nothing that tells who or where."""
    pinned = (
        "server and load generator each pinned to a core of its own"
        if cores.server is not None
        else "nothing pinned to a core, because this system cannot or has only one"
    )
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, "
        f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"an fsync of 4 KiB took {time_fsync(folder):.2f} ms; {pinned}."
    )
