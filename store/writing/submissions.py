"""Arrivals on their way to a commit, and its receipts on their way back to the event loops.

What arrives while an event loop has something to read is one sheaf, which waits for its commit
together: so a thread is woken, and a timer set, once for all of it and not once an arrival.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from store.errors import StoreUnavailableError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from store.records import Arrival, Receipt

    Result: TypeAlias = Receipt | StoreUnavailableError
    Tell: TypeAlias = Callable[[Result], None]

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Submission:
    """An arrival, and who is told of its receipt."""

    arrival: Arrival
    sheaf: Sheaf
    tell: Tell | None
    """Called on the sheaf's loop, once; None when there is nobody to tell any more."""
    deadline: float
    """When its caller gives up, by the clock of its loop."""
    #: Set under the writer's lock by whoever comes first: the writer, or a caller that gives up.
    claimed: bool = False


Settled: TypeAlias = "tuple[list[Submission], list[Receipt] | StoreUnavailableError]"
"""Submissions with a receipt for each, or with why none of them was committed."""


class Sheaf:
    """What an event loop read in one go; the loop adds to it without a lock."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.submissions: list[Submission] = []
        self.size = 0
        """Bytes of their bodies."""
        self.handed_over = 0
        """How many of them wait for their commit already; counted under the writer's lock."""
        self._seen = 0
        self._open = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, arrival: Arrival, timeout_s: float, tell: Tell) -> Submission:
        """Puts an arrival in."""
        submission = Submission(arrival, self, tell, self.loop.time() + timeout_s)
        self.submissions.append(submission)
        self.size += len(arrival.body)
        self._open += 1
        return submission

    def grows(self) -> bool:
        """Whether any came since this was asked the last time."""
        seen, self._seen = self._seen, len(self.submissions)
        return self._seen > seen

    def watch(self, expire: Callable[[Sheaf], None]) -> None:
        """Has `expire` called each time that a caller may have waited long enough."""
        if not self._open:
            return
        waiting = [each.deadline for each in self.submissions if not each.claimed]
        if waiting:
            self._timer = self.loop.call_at(min(waiting), self._ring, expire)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # They know of each other: without this all of them would wait for the garbage collector,
        # which stops every thread for as long as it takes.
        self.submissions = []

    def _ring(self, expire: Callable[[Sheaf], None]) -> None:
        expire(self)
        self.watch(expire)

    def settle(self, submission: Submission, result: Result) -> None:
        """Tells what became of one of its submissions."""
        self._open -= 1
        if not self._open:
            self._end()
        if submission.tell is None:
            return
        try:
            submission.tell(result)
        except Exception:  # noqa: BLE001
            # The others of the batch are told all the same.
            _log.exception("What became of a delivery could not be told")


def answer(
    batch: list[Submission],
    results: list[Receipt] | StoreUnavailableError,
    *,
    here: asyncio.AbstractEventLoop | None = None,
) -> None:
    """Tells what became of a batch, and wakes every other event loop once for all of its own.

    Args:
        batch: submissions that were claimed.
        results: a receipt for each, or the error of all.
        here: the loop that this is called on, if it is one.
    """
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Submission, Result]]] = {}
    for index, submission in enumerate(batch):
        result = results if isinstance(results, StoreUnavailableError) else results[index]
        by_loop.setdefault(submission.sheaf.loop, []).append((submission, result))
    for loop, answers in by_loop.items():
        if loop is here:
            _settle(answers)
            continue
        with suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left to tell
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Iterable[tuple[Submission, Result]]) -> None:
    for submission, result in answers:
        submission.sheaf.settle(submission, result)
