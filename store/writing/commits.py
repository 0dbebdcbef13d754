"""What is done with the one connection that writes, by whoever has its turn.

Nothing here knows of threads: one caller at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.driver import driver_of
from store.processing.shelf import WorkCount
from store.writing.answer_times import AnswerTimes, write_answer_times
from store.writing.checkpoints import Checkpoints
from store.writing.chores import Chores
from store.writing.inbox import Inbox
from store.writing.transactions import Transactions, failure_of, is_at_fault, unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from store.records import Receipt
    from store.writing.submissions import Settled, Submission
    from store.writing.tasks import Task

_QUICK_S = 0.002
"""A disk whose commits take no longer may have an event loop wait for one."""


class Commits:
    """The inbox and everything else that is written, a transaction at a time."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._driver = driver_of(connection)
        self._work = WorkCount(connection)
        self.inbox = Inbox(connection)
        self.checkpoints = Checkpoints(connection, path)
        self.answer_times = AnswerTimes()
        self._transactions = Transactions(connection, path)
        self.chores = Chores(self._transactions, self.inbox, self.answer_times, self.checkpoints)

    @property
    def quick(self) -> bool:
        """Whether the last commit was on disk in so little time that a loop may wait for one."""
        return self._transactions.commit_s < _QUICK_S

    @property
    def overdue(self) -> bool:
        """Whether something else has to be done though there is no pause."""
        inbox = self.inbox
        return inbox.refused.overflowing or inbox.crowded or self.checkpoints.overgrown

    def keep_house(self, *, quiet: bool, burst: bool, alone: bool) -> bool:
        """Does the chores that are due; False when they failed, and are to be tried later."""
        done = not (quiet or self.inbox.refused.overflowing) or self.chores.do()
        self.checkpoints.bound(burst=burst, alone=alone)
        return done

    def begin_at_once(self) -> bool:
        """Begins the transaction of the next `append`, unless something has to be waited for."""
        return self._transactions.begin_at_once()

    def append(self, batch: list[Submission]) -> list[Settled]:
        """Commits arrivals; what can be committed is, whatever the rest is like.

        Returns:
            Every one of them, in order, with what became of it.
        """
        try:
            receipts = self._commit(batch)
        except Exception as error:  # noqa: BLE001 - every submission must be answered
            if len(batch) > 1 and not is_at_fault(error):
                # One arrival that cannot be written must not take the others with it.
                middle = len(batch) // 2
                return self.append(batch[:middle]) + self.append(batch[middle:])
            return [(batch, unavailable(error))]
        # A commit may have waited for a lock, and the file may have gone meanwhile.
        in_place = self._transactions.in_place
        return [(batch, receipts if in_place else self._transactions.gone())]

    def _commit(self, batch: list[Submission]) -> list[Receipt]:
        times = self.answer_times.take_due()

        def work(connection: Connection) -> list[Receipt]:
            if times:
                write_answer_times(connection, times)
            return self.inbox.append(connection, [entry.arrival for entry in batch])

        self.checkpoints.note_write(sum([len(entry.arrival.body) for entry in batch]))
        try:
            receipts = self._transactions.run(work)
        except BaseException:
            self.inbox.forget()
            self.answer_times.put_back(times)
            raise
        self.inbox.confirm()
        self.checkpoints.note_rows(len(batch))
        return receipts

    def perform(self, task: Task) -> None:
        """Does a piece of work in a transaction of its own, and tells whoever asked for it."""
        if not task.answer.set_running_or_notify_cancel():
            return
        self.checkpoints.note_write()
        self.inbox.forget()
        before = self._driver.total_changes
        try:
            with self._work.piece():
                result = self._transactions.run(task.work, hurry=True, durable=not task.patient)
            self.inbox.confirm()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked for the work
            task.answer.set_exception(failure_of(error))
        else:
            self.checkpoints.note_rows(self._driver.total_changes - before, scattered=True)
            task.answer.set_result(result)
