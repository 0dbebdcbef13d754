"""Arrivals on their way to the writer, and its answers on their way back to the event loops.

What arrives in one turn of an event loop goes to the writer as one sheaf, and comes back in one
turn: so a thread is woken, and a timer set, once a turn and not once an arrival.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.errors import StoreUnavailableError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from store.records import Arrival, Receipt

_BATCH = 256
_BATCH_BYTES = 8 << 20
_QUEUE = 4_096
_QUEUE_BYTES = 64 << 20


@dataclass(slots=True, eq=False)
class Submission:
    """An arrival and the future that waits for its receipt."""

    arrival: Arrival
    sheaf: Sheaf
    answer: asyncio.Future[Receipt]
    deadline: float
    """When its caller gives up, by the clock of its loop."""
    #: Set under the writer's lock by whoever comes first: the writer, or a caller that gives up.
    claimed: bool = False


class Sheaf:
    """The submissions of one turn of an event loop. To be used on that loop, but for `loop`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.submissions: list[Submission] = []
        self._open = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, arrival: Arrival, timeout_s: float) -> Submission:
        """Puts an arrival in."""
        deadline = self.loop.time() + timeout_s
        submission = Submission(arrival, self, self.loop.create_future(), deadline)
        self.submissions.append(submission)
        self._open += 1
        return submission

    def watch(self, expire: Callable[[Sheaf], None]) -> None:
        """Has `expire` called each time that a caller may have waited long enough."""
        waiting = [each.deadline for each in self.submissions if not each.claimed]
        if waiting and self._open:
            self._timer = self.loop.call_at(min(waiting), self._ring, expire)

    def _ring(self, expire: Callable[[Sheaf], None]) -> None:
        expire(self)
        self.watch(expire)

    def settle(self, submission: Submission, result: Receipt | Exception) -> None:
        """Answers one of its submissions."""
        self._open -= 1
        if not self._open and self._timer is not None:
            self._timer.cancel()
        answer = submission.answer
        if answer.cancelled():
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
            answer.exception()  # the caller may have gone; then nobody will ask
        else:
            answer.set_result(result)


class Arrivals:
    """The lane of arrivals, in the order in which they came."""

    def __init__(self, wake: threading.Condition) -> None:
        """Begins empty.

        Args:
            wake: the writer's lock, which is told when something has come.
        """
        self._wake = wake
        self._sheaves: dict[asyncio.AbstractEventLoop, Sheaf] = {}
        """Those of the turns under way. A loop touches its own only."""
        self._entries: deque[Submission] = deque()
        self._bytes = 0
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._entries)

    def submit(self, arrival: Arrival, timeout_s: float) -> asyncio.Future[Receipt]:
        """Puts an arrival at the end; the writer is woken at the end of the loop's turn.

        The future raises `StoreUnavailableError` when the writer has not taken it in time.

        Raises:
            StoreUnavailableError: the lane is closed, or so much waits already that it would only
                wait in vain.
        """
        loop = asyncio.get_running_loop()
        with self._wake:
            if self._closed:
                raise StoreUnavailableError("The store is closed.")
            if self._bytes > _QUEUE_BYTES or len(self._entries) > _QUEUE:
                raise StoreUnavailableError("The store has more waiting than it can write.")
            sheaf = self._sheaves.get(loop)
            if sheaf is None:
                sheaf = self._sheaves[loop] = Sheaf(loop)
                loop.call_soon(self._hand_over, sheaf)
            submission = sheaf.add(arrival, timeout_s)
            self._entries.append(submission)
            self._bytes += len(arrival.body)
        return submission.answer

    def claim(self) -> list[Submission]:
        """Takes the oldest, up to a batch, without those whose callers have given up.

        To be called under the writer's lock.
        """
        batch: list[Submission] = []
        size = 0
        while self._entries and len(batch) < _BATCH and size < _BATCH_BYTES:
            submission = self._entries.popleft()
            self._bytes -= len(submission.arrival.body)
            if not submission.claimed:
                submission.claimed = True
                batch.append(submission)
                size += len(submission.arrival.body)
        return batch

    def close(self) -> list[Submission]:
        """Takes nothing more, and gives all that waits. To be called under the writer's lock."""
        self._closed = True
        rest: list[Submission] = []
        while batch := self.claim():
            rest += batch
        return rest

    def _hand_over(self, sheaf: Sheaf) -> None:
        """Ends a turn: what it brought is waiting already."""
        with self._wake:
            del self._sheaves[sheaf.loop]
            self._wake.notify()
        sheaf.watch(self._expire)

    def _expire(self, sheaf: Sheaf) -> None:
        """Gives up on what the writer does not have yet: after that SQLite's time-out bounds it.

        What has nobody waiting for it any more stays: it was received whole.
        """
        now = sheaf.loop.time()
        with self._wake:
            late = [
                each
                for each in sheaf.submissions
                if not each.claimed and each.deadline <= now and not each.answer.cancelled()
            ]
            for submission in late:
                submission.claimed = True
        error = StoreUnavailableError("The store could not take the delivery in time.")
        for submission in late:
            sheaf.settle(submission, error)


def answer(batch: list[Submission], results: list[Receipt] | Exception) -> None:
    """Wakes every event loop once for all of its submissions."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Submission, Receipt | Exception]]] = {}
    for index, submission in enumerate(batch):
        result = results if isinstance(results, Exception) else results[index]
        by_loop.setdefault(submission.sheaf.loop, []).append((submission, result))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left to tell
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: list[tuple[Submission, Receipt | Exception]]) -> None:
    for submission, result in answers:
        submission.sheaf.settle(submission, result)
