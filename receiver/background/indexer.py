"""Brings the full-text index up to date, on a thread of its own, when nothing else is to be done.

What is not indexed yet is found all the same, by looking through it; so this may wait for a pause.
It waits for none when so much has come that looking through it would be felt.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from receiver.background.workers import Worker
from store.errors import StoreError
from store.reading.search import index_batch, read_search_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.background.workers import WorkerState
    from store.database import Database

_QUIET_S = 0.25
"""How long nothing must have arrived."""
_MOST_BEHIND = 100_000
"""Deliveries that wait for a pause: they are looked through in some 50 ms."""
_SHARE = 0.1
"""Of the writer's time, at most, while deliveries keep coming."""
_BUSY_S = 1.0
"""How long to rest after a look that found neither a pause nor so many."""
_PAUSE_S = 5.0
_log = logging.getLogger(__name__)


class Indexer:
    """Indexes until `close`."""

    def __init__(self, database: Database, processed: Callable[[], bool]) -> None:
        """Starts.

        Args:
            database: the store.
            processed: whether everything that was delivered is processed; that goes first.
        """
        self._database = database
        self._processed = processed
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._worker = Worker("indexer", "The search index", self._run, self._stopping)

    @property
    def worker(self) -> WorkerState:
        """How its thread is."""
        return self._worker.state

    def wake(self) -> None:
        """Something was delivered. May be called from any thread; never waits."""
        if not self._work.is_set():
            self._work.set()

    def close(self) -> None:
        """Ends after the batch at hand; the rest is indexed after the next start."""
        self._stopping.set()
        self._work.set()
        self._worker.join(3)

    def _run(self) -> None:
        self._work.set()  # whatever an earlier run left
        while not self._stopping.is_set():
            self._work.wait()
            self._work.clear()
            self._stopping.wait(_QUIET_S)
            try:
                self._catch_up()
            except StoreError:
                self._retry()
            except Exception:  # noqa: BLE001
                _log.exception("Deliveries could not be indexed; they are found without")
                self._retry()

    def _retry(self) -> None:
        self._stopping.wait(_PAUSE_S)
        self._work.set()

    def _catch_up(self) -> None:
        """Indexes until all is, or until there is something else to do."""
        while not self._stopping.is_set():
            busy = self._work.is_set() or not self._processed()
            if busy and self._behind() < _MOST_BEHIND:
                self._work.set()
                self._stopping.wait(_BUSY_S)
                return
            started = time.monotonic()
            if not self._database.write(index_batch, patient=True).result():
                return
            if busy:
                self._stopping.wait((time.monotonic() - started) * (1 / _SHARE - 1))

    def _behind(self) -> int:
        return self._database.write(read_search_progress).result().behind
