"""The one thread that writes.

It has the only read-write connection and two lanes. Arrivals that came while a commit ran go into
the next one together (group commit): no timer, no fixed batch. Other work is a function run in a
transaction of its own; it gives way to arrivals, but not for ever.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.exc import DBAPIError

from store.checkpoints import Checkpoints
from store.errors import StoreUnavailableError
from store.inbox import Inbox

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from store.records import Arrival, Receipt

_BATCH = 256
_BATCH_BYTES = 8 << 20
_QUEUE = 4_096
_QUEUE_BYTES = 64 << 20
_PATIENCE_S = 0.05
"""How long other work waits for a pause between arrivals before it runs all the same."""
_TASK_BUSY_MS = 100
"""Other work may not hold arrivals up for long when another process has locked the store."""
_QUIET_S = 0.03
"""How long nothing must happen before answer times are written down by themselves."""


@dataclass(slots=True, eq=False)
class _Submission:
    arrival: Arrival
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Receipt]
    #: Set under the writer's lock by whoever comes first: the writer, or a caller that gives up.
    claimed: bool = False


@dataclass(slots=True, eq=False)
class _Task:
    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class Writer:
    """Owns the write connection until `stop`. All methods may be called from any thread."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._file = _file_identity(path)
        self._inbox = Inbox(connection)
        self._checkpoints = Checkpoints(connection, path)
        self._busy_ms = int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())
        self._arrivals: deque[_Submission] = deque()
        self._arrival_bytes = 0
        self._tasks: deque[_Task] = deque()
        self._answer_times: list[tuple[int, float]] = []
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def append(self, arrival: Arrival, timeout_s: float) -> Receipt:
        """Returns once the arrival is committed to disk.

        Raises:
            StoreUnavailableError: it was not committed and will not be: the store is locked, full,
                gone or too busy to take it within `timeout_s` seconds.
        """
        loop = asyncio.get_running_loop()
        submission = _Submission(arrival, loop, loop.create_future())
        with self._wake:
            if self._stopping or self._arrival_bytes > _QUEUE_BYTES or len(self._arrivals) > _QUEUE:
                raise StoreUnavailableError("The store has more waiting than it can write.")
            self._arrivals.append(submission)
            self._arrival_bytes += len(arrival.body)
            self._wake.notify()
        try:
            return await asyncio.wait_for(asyncio.shield(submission.answer), timeout_s)
        except TimeoutError:
            with self._wake:
                if not submission.claimed:
                    submission.claimed = True
                    raise StoreUnavailableError(
                        "The store could not take the delivery in time."
                    ) from None
            # The writer has it already, and SQLite's own busy time-out bounds how long that takes.
            return await submission.answer

    def run(self, work: Callable[[Connection], Any]) -> Future[Any]:
        """Queues `work(connection)` for a transaction of its own, committed when it returns."""
        task = _Task(work)
        with self._wake:
            if self._stopping:
                raise StoreUnavailableError("The store is closing.")
            self._tasks.append(task)
            self._wake.notify()
        return task.answer

    def note_answer(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers how long an answer took; written with the next batch, or when idle."""
        with self._wake:
            self._answer_times.append((delivery_id, milliseconds))
            if len(self._answer_times) == 1:
                self._wake.notify()

    def stop(self) -> None:
        """Writes all that was queued, then ends the thread and closes the connection."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            batch, task, stopping = self._next()
            if batch:
                self._append(batch)
            if task:
                self._perform(task)
            if batch or task:
                self._checkpoints.bound()
                continue
            self._keep_house()
            if stopping:
                break
        self._checkpoints.finish()
        self._connection.close()

    def _next(self) -> tuple[list[_Submission], _Task | None, bool]:
        """Waits for work; nothing at all means that it is quiet, or time to stop."""
        with self._wake:
            while not self._arrivals and not self._tasks and not self._stopping:
                if not self._wake.wait(self._patience()):
                    return [], None, False
            batch = self._claim()
            return batch, self._pick_task(busy=bool(self._arrivals)), self._stopping

    def _patience(self) -> float | None:
        """How long to wait for work before the chores are done; None when there are none."""
        if self._answer_times or self._inbox.untidy:
            return _QUIET_S
        return self._checkpoints.due_in()

    def _claim(self) -> list[_Submission]:
        batch: list[_Submission] = []
        size = 0
        while self._arrivals and len(batch) < _BATCH and size < _BATCH_BYTES:
            submission = self._arrivals.popleft()
            self._arrival_bytes -= len(submission.arrival.body)
            if not submission.claimed:
                submission.claimed = True
                batch.append(submission)
                size += len(submission.arrival.body)
        return batch

    def _pick_task(self, *, busy: bool) -> _Task | None:
        if not self._tasks:
            return None
        if busy and time.monotonic() - self._tasks[0].since < _PATIENCE_S:
            return None
        return self._tasks.popleft()

    def _append(self, batch: list[_Submission]) -> None:
        times = self._take_times()

        def work(connection: Connection) -> list[Receipt]:
            _write_answer_times(connection, times)
            return self._inbox.append(connection, [entry.arrival for entry in batch])

        try:
            receipts = self._transact(work)
        except Exception as error:  # noqa: BLE001 - every submission must be answered
            self._inbox.forget()
            with self._wake:
                self._answer_times[:0] = times
            _answer(batch, _unavailable(error))
        else:
            self._inbox.confirm()
            _answer(batch, receipts)

    def _perform(self, task: _Task) -> None:
        if not task.answer.set_running_or_notify_cancel():
            return
        try:
            self._wait_for_locks(_TASK_BUSY_MS)
            result = self._transact(task.work)
        except DBAPIError as error:
            task.answer.set_exception(_unavailable(error))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for the work
            task.answer.set_exception(error)
        else:
            task.answer.set_result(result)
        finally:
            self._wait_for_locks(self._busy_ms)

    def _wait_for_locks(self, milliseconds: int) -> None:
        self._connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}").close()

    def _transact(self, work: Callable[[Connection], Any]) -> Any:
        if _file_identity(self._path) != self._file:
            raise StoreUnavailableError(
                f"The store's file {self._path} was moved or deleted while it was in use. "
                "Put it back, or restart with another store."
            )
        connection = self._connection
        self._checkpoints.note_write()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            # After a full disk SQLite has rolled back by itself; a second rollback would raise.
            if _driver(connection).in_transaction:
                connection.exec_driver_sql("ROLLBACK")
            raise
        return result

    def _keep_house(self) -> None:
        """What can wait until nothing else does. A failure leaves it for the next time."""
        times = self._take_times()
        try:
            if times or self._inbox.untidy:
                self._transact(lambda connection: self._tidy(connection, times))
            self._checkpoints.take()
        except (DBAPIError, StoreUnavailableError):
            with self._wake:
                self._answer_times[:0] = times
                if not self._stopping:
                    self._wake.wait(1.0)

    def _take_times(self) -> list[tuple[int, float]]:
        with self._wake:
            times, self._answer_times = self._answer_times, []
        return times

    def _tidy(self, connection: Connection, times: list[tuple[int, float]]) -> None:
        _write_answer_times(connection, times)
        self._inbox.tidy(connection)


def _answer(batch: list[_Submission], results: list[Receipt] | Exception) -> None:
    """Wakes every event loop once for all of its submissions."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Submission, Receipt | Exception]]] = {}
    for index, submission in enumerate(batch):
        result = results if isinstance(results, Exception) else results[index]
        by_loop.setdefault(submission.loop, []).append((submission, result))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left to tell
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[_Submission, Receipt | Exception]]) -> None:
    for submission, result in answers:
        if submission.answer.cancelled():
            continue
        if isinstance(result, Exception):
            submission.answer.set_exception(result)
            submission.answer.exception()  # the caller may have gone; then nobody will ask
        else:
            submission.answer.set_result(result)


def _write_answer_times(connection: Connection, times: list[tuple[int, float]]) -> None:
    if times:
        marks = ", ".join(["(?, ?)"] * len(times))
        connection.exec_driver_sql(
            f"INSERT OR REPLACE INTO acknowledgements (delivery_id, ms) VALUES {marks}",  # noqa: S608
            tuple(value for pair in times for value in pair),
        )


def _unavailable(error: Exception) -> StoreUnavailableError:
    if isinstance(error, StoreUnavailableError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StoreUnavailableError(f"The store could not be written: {cause}.")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _file_identity(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        found = os.stat(path)  # noqa: PTH116 - once a commit; pathlib costs three times as much
        return found.st_dev, found.st_ino
    return None
