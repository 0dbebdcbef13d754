"""The one that writes: the only read-write connection, its thread, and whose turn it is.

There are two lanes. Arrivals that came while a commit ran go into the next one together (group
commit): no timer, no fixed batch. Other work is a function run in a transaction of its own, on the
writer's thread; it gives way to arrivals, but not for ever.

Where nobody else is at it, arrivals are committed by the thread of the event loop that brought
them: to wake another thread, and to be woken by it, takes longer than a commit on a quick disk.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from store.errors import StoreUnavailableError
from store.writing.commits import Commits
from store.writing.lane import Arrivals
from store.writing.submissions import answer
from store.writing.tasks import Task, Tasks

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Connection

    from store.loading import Append
    from store.records import Arrival
    from store.writing.submissions import Settled, Submission, Tell

_PAUSE_S = 1.0
"""After chores that failed, so that they do not keep a store busy that is locked or full."""
_FEW = 2
"""Arrivals that the loop itself commits; where more come at a time, it can read some while the
thread commits others, and the batches are larger."""
_LARGE = 1 << 20
"""Bodies of so many bytes together are left to the thread: the loop has other things to do."""
_log = logging.getLogger(__name__)


class Writer:
    """Owns the write connection until `stop`. All methods may be called from any thread."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._commits = Commits(connection, path)
        self._turn = threading.Lock()
        """Held by whoever uses the connection. Taken before `_wake`, never after it."""
        self._wanted = False
        """Whether the writer's thread waits for its turn: it is not to be overtaken."""
        self._wake = threading.Condition()
        self._arrivals = Arrivals(self._wake, self._see_to)
        self.tasks = Tasks()
        """What waits beside arrivals. Its `lull` and `burst` may be asked by any thread."""
        self._tell_committed: Callable[[], object] = lambda: None
        self._asleep = False
        """Whether the thread waits for nothing in particular, and would see nothing by itself."""
        self._answering = False
        """Whether a batch was committed whose answers are on their way out."""
        self._in_company = 0
        """How many were committed together the last time."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, arrival: Arrival, timeout_s: float, tell: Tell) -> Submission:
        """Has an arrival committed to disk; to be called on an event loop.

        `tell` is called there with its receipt, or with `StoreUnavailableError` when it was not
        committed and will not be: the store is locked, full, gone or too busy to take it within
        `timeout_s` seconds.

        Raises:
            StoreUnavailableError: it cannot even wait. `tell` is not called then.
        """
        return self._arrivals.submit(arrival, timeout_s, tell)

    def run(self, work: Callable[[Connection], Any], *, patient: bool = False) -> Future[Any]:
        """Queues `work(connection)` for a transaction of its own, committed when it returns.

        Args:
            work: what to do.
            patient: whether nobody waits for it: in a burst of arrivals it may take seconds then.
        """
        task = Task(work, patient=patient)
        with self._wake:
            if self._stopping:
                raise StoreUnavailableError("The store is closed.")
            self.tasks.add(task)
            self._wake.notify()
        return task.answer

    def load(self, work: Callable[[Connection, Append], Any]) -> Future[Any]:
        """As `run`, for work that adds deliveries by the function that it is given."""
        return self.run(lambda connection: work(connection, self._commits.inbox.extend))

    def note_answer(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers how long an answer took; written with the next batch, or when idle."""
        self._commits.answer_times.note(delivery_id, milliseconds)
        if self._asleep:
            self._rouse()

    def on_commit(self, tell: Callable[[], object]) -> None:
        """Has `tell` called after each turn that committed something, on the thread that did."""
        self._tell_committed = tell

    def stop(self) -> None:
        """Writes all that was queued, then ends the thread and closes the connection."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether its thread runs: only a mistake ends it before `stop`."""
        return self._thread.is_alive()

    @property
    def awaited(self) -> bool:
        """Whether an arrival waits for its turn."""
        return bool(self._arrivals)

    def _rouse(self) -> None:
        with self._wake:
            self._wake.notify()

    def _see_to(self, loop: asyncio.AbstractEventLoop) -> None:
        """Commits what waits on the thread of the loop that calls, or leaves it to the thread."""
        settled: list[Settled] = []
        if not self._wanted and self._turn.acquire(blocking=False):
            try:
                settled = self._commit_at_once()
            finally:
                self._turn.release()
        for batch, results in settled:
            answer(batch, results, here=loop)
        if settled:
            self._tell_committed()
        if self._asleep or self._arrivals:
            self._rouse()

    def _commit_at_once(self) -> list[Settled]:
        commits = self._commits
        few = max(len(self._arrivals), self._in_company) <= _FEW
        if self._stopping or not few or self._arrivals.size > _LARGE:
            return []
        if not commits.quick or commits.overdue or not commits.begin_at_once():
            return []
        with self._wake:
            batch = self._claim()
        self._answering = True
        return commits.append(batch)

    def _claim(self) -> list[Submission]:
        batch = self._arrivals.claim()
        if batch:
            self._in_company = len(batch)
            self.tasks.note_arrivals(len(batch))
        return batch

    def _run(self) -> None:
        try:
            while self._serve():
                pass
            with self._taking_turn():
                self._commits.checkpoints.finish()
        except BaseException:  # noqa: BLE001
            # A thread that dies says nothing by itself, and whoever waits for it waits for ever.
            _log.exception("The store's writer ended by a mistake of ours")
        finally:
            with self._taking_turn():
                self._refuse_the_rest()
                self._connection.close()

    @contextmanager
    def _taking_turn(self) -> Iterator[None]:
        self._wanted = True
        with self._turn:
            self._wanted = False
            yield

    def _serve(self) -> bool:
        """Does what is next; False when it was told to stop and nothing is left."""
        stopping = self._wait()
        with self._taking_turn():
            with self._wake:
                if stopping:
                    self._arrivals.gather()
                batch, task = self._claim(), self.tasks.pick(hurry=stopping)
            if batch:
                for part, results in self._commits.append(batch):
                    answer(part, results)
                self._answering = True
                self.tasks.note_arrivals()
            if task:
                started = time.thread_time()
                self._commits.perform(task)
                self.tasks.note_work(time.thread_time() - started)
            at_rest = not batch and not task
            quiet = at_rest and self._is_quiet(stopping=stopping)
            alone = self._in_company <= _FEW
            done = self._commits.keep_house(quiet=quiet, burst=self.tasks.burst, alone=alone)
            self.tasks.disk_is_busy = self._commits.checkpoints.moving
        self._tell_committed()
        if not done:
            with self._wake:
                self._wake.wait_for(self._is_wanted, _PAUSE_S)
        return not (stopping and at_rest)

    def _refuse_the_rest(self) -> None:
        closed = StoreUnavailableError("The store is closed.")
        with self._wake:
            self._stopping = True
            answer(self._arrivals.close(), closed)
            for task in self.tasks.close():
                if task.answer.set_running_or_notify_cancel():
                    task.answer.set_exception(closed)

    def _wait(self) -> bool:
        """Waits until there is something to do; whether it was told to stop."""
        with self._wake:
            while not self._is_wanted():
                due = self.tasks.due_in()
                if due is None:
                    due = self._commits.chores.due_in(answering=self._answering)
                    if due == 0.0:
                        break
                    self._asleep = due is None or not self._answering
                self._wake.wait(due)
                self._asleep = False
            return self._stopping

    def _is_quiet(self, *, stopping: bool) -> bool:
        """Whether it is time for the chores."""
        quiet = stopping or self._commits.chores.due_in(answering=self._answering) == 0.0
        self._answering &= not quiet
        return quiet

    def _is_wanted(self) -> bool:
        return self._stopping or bool(self._arrivals) or self.tasks.due_in() == 0.0
