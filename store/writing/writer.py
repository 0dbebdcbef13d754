"""The one thread that writes.

It has the only read-write connection and two lanes. Arrivals that came while a commit ran go into
the next one together (group commit): no timer, no fixed batch. Other work is a function run in a
transaction of its own; it gives way to arrivals, but not for ever.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from store.errors import StoreUnavailableError
from store.processing.shelf import number_work
from store.writing.answer_times import AnswerTimes, write_answer_times
from store.writing.checkpoints import Checkpoints
from store.writing.chores import Chores
from store.writing.inbox import Inbox
from store.writing.submissions import Arrivals, answer
from store.writing.tasks import Task, Tasks
from store.writing.transactions import Transactions, failure_of, is_at_fault, unavailable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Connection

    from store.loading import Append
    from store.records import Arrival, Receipt
    from store.writing.submissions import Submission

_PAUSE_S = 1.0
"""After chores that failed, so that they do not keep a store busy that is locked or full."""
_log = logging.getLogger(__name__)


class Writer:
    """Owns the write connection until `stop`. All methods may be called from any thread."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._info = connection.info  # asked for now: work may close the connection
        self._inbox = Inbox(connection)
        self._transactions = Transactions(connection, path)
        self._checkpoints = Checkpoints(connection, path)
        self._answer_times = AnswerTimes()
        self._chores = Chores(
            self._transactions, self._inbox, self._answer_times, self._checkpoints
        )
        self._wake = threading.Condition()
        self._arrivals = Arrivals(self._wake)
        self._tasks = Tasks()
        self._tell_committed: Callable[[], None] = _tell_nobody
        self._dozing = False
        self._answering = False
        """Whether a batch was committed whose answers are on their way out."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def append(self, arrival: Arrival, timeout_s: float) -> asyncio.Future[Receipt]:
        """Ends once the arrival is committed to disk; to be called on an event loop.

        It, or what it gives, raises `StoreUnavailableError` when it was not committed and will not
        be: the store is locked, full, gone or too busy to take it within `timeout_s` seconds.
        """
        return self._arrivals.submit(arrival, timeout_s)

    def run(self, work: Callable[[Connection], Any], *, patient: bool = False) -> Future[Any]:
        """Queues `work(connection)` for a transaction of its own, committed when it returns.

        Args:
            work: what to do.
            patient: whether nobody waits for it: in a burst of arrivals it may take seconds then.
        """
        task = Task(work, patient=patient)
        with self._wake:
            self._require_open()
            self._tasks.add(task)
            self._wake.notify()
        return task.answer

    def load(self, work: Callable[[Connection, Append], Any]) -> Future[Any]:
        """As `run`, for work that adds deliveries by the function that it is given."""
        return self.run(
            lambda connection: work(connection, partial(self._inbox.extend, connection))
        )

    def note_answer(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers how long an answer took; written with the next batch, or when idle."""
        self._answer_times.note(delivery_id, milliseconds)
        if self._dozing:  # after a batch the writer looks for these by itself
            with self._wake:
                self._wake.notify()

    def on_commit(self, tell: Callable[[], None]) -> None:
        """Has `tell` called on this thread after each turn that committed something."""
        self._tell_committed = tell

    def stop(self) -> None:
        """Writes all that was queued, then ends the thread and closes the connection."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    @property
    def lull(self) -> bool:
        """Whether nothing has arrived for a while: work may take longer then."""
        return self._tasks.lull

    @property
    def alive(self) -> bool:
        """Whether its thread runs: only a mistake ends it before `stop`."""
        return self._thread.is_alive()

    def _require_open(self) -> None:
        if self._stopping:
            raise StoreUnavailableError("The store is closed.")

    def _run(self) -> None:
        try:
            while self._serve():
                pass
            self._checkpoints.finish()
        except BaseException:  # noqa: BLE001
            # A thread that dies says nothing by itself, and whoever waits for it waits for ever.
            _log.exception("The store's writer ended by a mistake of ours")
        finally:
            self._refuse_the_rest()
            self._connection.close()

    def _serve(self) -> bool:
        """Does what is next; False when it was told to stop and nothing is left."""
        batch, task, stopping = self._next()
        if batch:
            self._append(batch)
            self._answering = True
            self._tasks.note_arrivals()
        if task:
            started = time.thread_time()
            self._perform(task)
            self._tasks.note_work(time.thread_time() - started)
        if not batch and not task:
            self._keep_house()
            self._tell_committed()
            return not stopping
        self._tell_committed()
        if self._inbox.overflowing:
            self._keep_house()
        self._checkpoints.bound()
        return True

    def _keep_house(self) -> None:
        if not self._chores.do():
            with self._wake:
                self._wake.wait_for(self._is_wanted, _PAUSE_S)

    def _refuse_the_rest(self) -> None:
        closed = StoreUnavailableError("The store is closed.")
        with self._wake:
            self._stopping = True
            answer(self._arrivals.close(), closed)
            for task in self._tasks.close():
                if task.answer.set_running_or_notify_cancel():
                    task.answer.set_exception(closed)

    def _next(self) -> tuple[list[Submission], Task | None, bool]:
        """Waits for work; nothing at all means that it is quiet, or time to stop."""
        with self._wake:
            while not self._is_wanted():
                if not self._doze():
                    return [], None, False
            batch = self._arrivals.claim()
            if batch:
                self._tasks.note_arrivals(len(batch))
            return batch, self._tasks.pick(hurry=self._stopping), self._stopping

    def _is_wanted(self) -> bool:
        return self._stopping or bool(self._arrivals) or self._tasks.due_in() == 0.0

    def _doze(self) -> bool:
        """Waits until something happened; False when it is time for the chores."""
        due = self._tasks.due_in()
        if due is not None:
            self._wake.wait(due)
            return True
        # Times that come from here on are told of, and those that came before are seen.
        self._dozing = not self._answering
        patience = self._chores.due_in(answering=self._answering)
        self._answering = False
        woken = self._wake.wait(patience)
        self._dozing = False
        return woken

    def _append(self, batch: list[Submission]) -> None:
        try:
            receipts = self._commit(batch)
        except Exception as error:  # noqa: BLE001 - every submission must be answered
            if len(batch) > 1 and not is_at_fault(error):
                # One arrival that cannot be written must not take the others with it.
                middle = len(batch) // 2
                self._append(batch[:middle])
                self._append(batch[middle:])
            else:
                answer(batch, unavailable(error))
        else:
            # A commit may have waited for a lock, and the file may have gone meanwhile.
            in_place = self._transactions.in_place
            answer(batch, receipts if in_place else self._transactions.gone())

    def _commit(self, batch: list[Submission]) -> list[Receipt]:
        times = self._answer_times.take_due()

        def work(connection: Connection) -> list[Receipt]:
            write_answer_times(connection, times)
            return self._inbox.append(connection, [entry.arrival for entry in batch])

        self._checkpoints.note_write()
        try:
            receipts = self._transactions.run(work)
        except BaseException:
            self._inbox.forget()
            self._answer_times.put_back(times)
            raise
        self._inbox.confirm()
        return receipts

    def _perform(self, task: Task) -> None:
        if not task.answer.set_running_or_notify_cancel():
            return
        self._checkpoints.note_write()
        self._inbox.forget()
        number_work(self._info)
        try:
            with self._transactions.little_patience():
                result = self._transactions.run(task.work)
            self._inbox.confirm()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked for the work
            number_work(self._info)
            task.answer.set_exception(failure_of(error))
        else:
            task.answer.set_result(result)


def _tell_nobody() -> None:
    """For a store that nobody looks at in this process."""
