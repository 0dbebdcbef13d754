"""What the writer does when nothing else is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.driver import SqlError
from store.errors import StoreUnavailableError
from store.writing.answer_times import write_answer_times

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.writing.answer_times import AnswerTimes, Times
    from store.writing.checkpoints import Checkpoints
    from store.writing.inbox import Inbox
    from store.writing.transactions import Transactions

_QUIET_S = 0.03
"""How long nothing must happen before answer times are written down by themselves."""


class Chores:
    """Answer times, the bounds of the inbox, and the log; to be used by one thread at a time."""

    def __init__(
        self,
        transactions: Transactions,
        inbox: Inbox,
        answer_times: AnswerTimes,
        checkpoints: Checkpoints,
    ) -> None:
        self._transactions = transactions
        self._inbox = inbox
        self._answer_times = answer_times
        self._checkpoints = checkpoints

    def due_in(self, *, answering: bool) -> float | None:
        """Seconds until they are to be done; None when there are none.

        Args:
            answering: whether times of answers are about to come.
        """
        if answering or self._answer_times or self._inbox.refused.untidy:
            return self._checkpoints.quiet_in(_QUIET_S)
        return self._checkpoints.due_in()

    def do(self) -> bool:
        """Does them. A failure leaves them for the next time, and is told by False."""
        times = self._answer_times.take()
        try:
            if times or self._inbox.refused.untidy:
                self._tidy(times)
            self._checkpoints.take()
        except (*SqlError, StoreUnavailableError):
            self._inbox.forget()
            self._answer_times.put_back(times)
            return False
        return True

    def _tidy(self, times: Times) -> None:
        def work(connection: Connection) -> None:
            write_answer_times(connection, times)
            self._inbox.tidy(connection)

        self._checkpoints.note_write()
        self._transactions.run(work, hurry=True)
        self._inbox.confirm()
