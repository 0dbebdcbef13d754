"""Moves the write-ahead log into the database file, where nobody waits for a commit meanwhile.

Measured: with checkpoints inside commits (SQLite's default) the slowest acknowledgements take one
and a half times as long.

The log's file keeps its size, up to a bound, and is written over from its beginning once all of it
was moved. Where arrivals make it grow it is made larger before (`store/writing/room.py`).

Under load most of the log is moved by a thread of its own, beside the commits and with whatever
time they leave: 1,000 pages take 8 ms. What came meanwhile is a short rest, which the writer moves
itself: then the log begins anew.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from store.writing.log_use import LogUse
from store.writing.room import make_room

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

_IDLE_S = 1.0
"""All of the log is moved when nothing was written for so long."""
_BOUND_BYTES = 96 << 20
"""A log of which more is in use is moved under load too. The rest holds arrivals up for some 10 ms
each time: nine times a second that was most of their tail, every fourth second a tenth of it."""
_ROOMY_BYTES, _ROOM_BYTES = 1 << 20, 16 << 20
"""When arrivals have written so much, more are to come: the file is made larger before it is full.
What does not wait for the disk has nothing of that."""
_TIMES = 2
"""Beyond so many times as much the writer waits for the thread: others may leave it no time."""
_KEPT_BYTES = 96 << 20
"""A larger file is cut off once it was moved."""
_NICENESS = 19
"""Of the thread in a burst: on one core with it, the slowest hundredth of the answers took 12.8 ms,
and with this 9.8."""
_FEW_PAGES, _PASSES = 100, 5
"""What comes while the thread moves is moved by it too, until there are few at a time."""


class Checkpoints:
    """The log of one write connection; to be used by one thread at a time."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._use = LogUse(path)
        self._beside = ThreadPoolExecutor(1, "store-checkpoints")
        self._aside = ThreadPoolExecutor(1, "store-checkpoints-aside", initializer=_give_way)
        """The same with whatever time arrivals leave; a thread cannot take its priority back."""
        self._moving: Future[None] | None = None
        """What the thread moves, until the rest of it was moved too."""
        self._ending = False
        self._written_at: float | None = time.monotonic()

    def note_write(self, arrivals: int = 0) -> None:
        """A transaction begins: the log will have something to move.

        Args:
            arrivals: bytes of the arrivals in it.
        """
        self._written_at = time.monotonic()
        self._use.note_write(arrivals)

    def note_rows(self, count: int, *, scattered: bool = False) -> None:
        """The transaction has changed so many rows, one after the other or here and there."""
        self._use.note_rows(count, scattered=scattered)

    def due_in(self) -> float | None:
        """Seconds until `take` is worth while; None when the log has nothing new."""
        if self._written_at is None:
            return None
        return max(0.0, self._written_at + _IDLE_S - time.monotonic())

    def quiet_in(self, seconds: float) -> float:
        """Seconds until nothing has been written for so long."""
        if self._written_at is None:
            return 0.0
        return max(0.0, self._written_at + seconds - time.monotonic())

    def take(self) -> None:
        """Moves the log if it is time. While a reader is in the way it is tried every second."""
        if self.due_in() == 0.0:
            large = self._use.size() > _KEPT_BYTES
            if not self._move("TRUNCATE" if large else "PASSIVE"):
                self._written_at = time.monotonic()
                return
            self._written_at = None
            self._use.note_pause()
            if large:
                self._use.note_cut()
            else:
                self._use.note_moved(whole=True)

    @property
    def moving(self) -> bool:
        """Whether the log is being moved beside the commits, which wait for the disk with it."""
        return self._moving is not None

    @property
    def overgrown(self) -> bool:
        """Whether `bound` has something to do."""
        return self._is_cramped or self._is_long

    def bound(self, *, burst: bool, alone: bool) -> None:
        """Keeps the log from growing without end while there is no pause.

        Args:
            burst: whether arrivals wait for each other, so that moving is to take longer.
            alone: whether they come one at a time. Of many together a commit that makes the file
                grow is the smaller part, and each piece of room would hold all of them up.
        """
        if alone and self._is_cramped:
            size = self._use.room = min(self._use.room + _ROOM_BYTES, _BOUND_BYTES)
            # Never by the thread that gives way: arrivals would wait for the lock that it holds.
            self._beside.submit(make_room, self._path, size, lambda: not self._ending)
            return
        if not self._is_long:
            return
        if self._moving is None:
            mover = self._aside if burst else self._beside
            self._moving = mover.submit(_move_beside, self._path)
            return
        wait([self._moving])
        self._moving = None
        moved = False
        with suppress(DBAPIError):
            moved = self._move("PASSIVE")
        # If a reader was in the way, it is tried again after as much more.
        self._use.note_moved(whole=moved)

    @property
    def _is_long(self) -> bool:
        """Whether it is to be moved, or what is left of it."""
        if self._moving is not None:
            return self._moving.done() or self._use.exceeds(_TIMES * _BOUND_BYTES)
        return self._use.exceeds(_BOUND_BYTES)

    @property
    def _is_cramped(self) -> bool:
        """Whether the file is to be made larger before what comes has to."""
        few = self._use.of_arrivals < _ROOMY_BYTES or self._use.room >= _BOUND_BYTES
        return not few and self._use.exceeds(self._use.room - _ROOM_BYTES // 2)

    def finish(self) -> None:
        """Empties the log for good: the database file is complete by itself afterwards."""
        self._ending = True
        self._beside.shutdown()
        self._aside.shutdown()
        with suppress(DBAPIError):
            self._move("TRUNCATE")

    def _move(self, mode: str) -> bool:
        """Whether all of the log was moved; not if a reader still needs some of it."""
        checkpoint = self._connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})")
        blocked, pages, moved = checkpoint.one()
        return not blocked and pages == moved


def _give_way() -> None:
    # Only where a thread has a priority of its own: elsewhere this would be another process's.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _move_beside(path: Path) -> None:
    """Moves what is in the log now, by a connection of its own; commits go on meanwhile."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection,
    ):
        before = 0
        for _ in range(_PASSES):
            _, _, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if moved - before < _FEW_PAGES:
                return
            before = moved
