"""Finds out why signatures did not match, after the sender has had its answer.

A search takes milliseconds and a refusal must not: so it runs on a thread of its own, with a
bounded queue. In a flood most go without a diagnosis, which can still be asked for one by one.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

# By its package, whose modules are imported when they are needed or nothing else is to do.
from receiver import diagnosis
from receiver.background.workers import Worker
from store.errors import StoreUnavailableError
from store.reading.deliveries import note_diagnosis

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.background.workers import WorkerState
    from receiver.judging.keyring import Keyring
    from store.database import Database
    from store.records import Headers

_WAITING = 64
_REST = 4.0
"""In a flood, how long to rest after a search, as a multiple of what it took: a search holds the
interpreter, and accepted deliveries come first. What does not fit the queue is not searched."""
_LONGEST_REST_S = 0.25
_QUIET_S = 0.3
_log = logging.getLogger(__name__)


class _Case(NamedTuple):
    delivery_id: int
    headers: Headers
    body: bytes


class Diagnostician:
    """Diagnoses refused deliveries from construction until `close`."""

    def __init__(self, database: Database, keyring: Keyring, idle: Callable[[], bool]) -> None:
        """Starts.

        Args:
            database: the store.
            keyring: the secrets.
            idle: whether nothing waits to be processed.
        """
        self._database = database
        self._idle = idle
        self._keyring = keyring
        self._closing = threading.Event()
        self._ready = False
        """Whether the modules of a search were imported."""
        self._cases: queue.Queue[_Case | None] = queue.Queue(_WAITING)
        title = "The search for why signatures failed"
        self._worker = Worker("diagnostician", title, self._run, self._closing)

    @property
    def worker(self) -> WorkerState:
        """How its thread is."""
        return self._worker.state

    def submit(self, delivery_id: int, headers: Headers, body: bytes) -> None:
        """Asks for a diagnosis; it is written beside the delivery. Never waits."""
        with suppress(queue.Full):
            self._cases.put_nowait(_Case(delivery_id, headers, body))

    def close(self) -> None:
        """Ends after the search at hand. What still waits can be asked for one by one."""
        self._closing.set()
        with suppress(queue.Full):
            self._cases.put_nowait(None)
        self._worker.join(2)

    def _run(self) -> None:
        while not self._closing.is_set() and (case := self._next()) is not None:
            started = time.monotonic()
            try:
                # Bounded by its own work, not by what else the machine does meanwhile.
                secrets = self._keyring.secrets
                found = diagnosis.diagnose(case.headers, case.body, secrets, clock=time.thread_time)
            except Exception:  # noqa: BLE001
                # One delivery without a diagnosis must not leave all that follow without one.
                _log.exception("Delivery %d could not be diagnosed", case.delivery_id)
                continue
            if found is not None:
                self._write((case.delivery_id, found.code, found.explanation))
            if not self._cases.empty():
                self._closing.wait(min(_LONGEST_REST_S, _REST * (time.monotonic() - started)))

    def _next(self) -> _Case | None:
        while True:
            try:
                return self._cases.get(timeout=None if self._ready else _QUIET_S)
            except queue.Empty:
                self._get_ready()

    def _get_ready(self) -> None:
        """Imports what a search needs before the first one, while nobody else needs the processor.

        That takes 40 ms of the interpreter, for which arrivals or a backlog would wait.
        """
        if self._database.lull and self._idle():
            import_module("receiver.diagnosis.diagnosis")
            self._ready = True

    def _write(self, found: tuple[int, str, str]) -> None:
        # A store that cannot be written has refused the deliveries themselves by then.
        with suppress(StoreUnavailableError):
            self._database.write(lambda connection: note_diagnosis(connection, *found)).result()
