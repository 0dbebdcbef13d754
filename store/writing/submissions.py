"""Arrivals on their way to a commit, and its receipts on their way back to the event loops.

What arrives in one turn of an event loop is one sheaf, committed and answered together: so a thread
is woken, and a timer set, once a turn and not once an arrival.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from store.errors import StoreUnavailableError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from store.records import Arrival, Receipt

    Result: TypeAlias = Receipt | StoreUnavailableError
    Tell: TypeAlias = Callable[[Result], None]

_SHEAF = 64
"""So many are handed over though there may be more to read."""
_BATCH = 256
_BATCH_BYTES = 8 << 20
_QUEUE = 4_096
_QUEUE_BYTES = 64 << 20
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
    """The submissions of one turn of an event loop, which adds to it without a lock."""

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


class Arrivals:
    """The lane of arrivals, in the order in which they came."""

    def __init__(
        self, wake: threading.Condition, ready: Callable[[asyncio.AbstractEventLoop], None]
    ) -> None:
        """Begins empty.

        Args:
            wake: the writer's lock.
            ready: called on a loop that has handed something over: it waits for its commit.
        """
        self._wake = wake
        self._ready = ready
        self._sheaves: dict[asyncio.AbstractEventLoop, Sheaf] = {}
        """Those of the turns under way. A loop touches its own only."""
        self._entries: deque[Submission] = deque()
        self._closed = False
        self.size = 0
        """Bytes of the bodies that wait."""

    def __len__(self) -> int:
        """How many wait."""
        return len(self._entries)

    def submit(self, arrival: Arrival, timeout_s: float, tell: Tell) -> Submission:
        """Puts an arrival at the end of the lane; it is seen to at the end of the loop's turn.

        To be called on an event loop, where `tell` is called later: with its receipt once it is on
        disk, or with the error when it was not taken in time or could not be written.

        Raises:
            StoreUnavailableError: the lane is closed, or so much waits already that it would only
                wait in vain.
        """
        loop = asyncio.get_running_loop()
        if self._closed:
            raise StoreUnavailableError("The store is closed.")
        sheaf = self._sheaves.get(loop)
        if sheaf is None:
            sheaf = self._sheaves[loop] = Sheaf(loop)
            loop.call_soon(self._hand_over, sheaf)
        waiting = len(self._entries) + len(sheaf.submissions)
        if self.size + sheaf.size > _QUEUE_BYTES or waiting > _QUEUE:
            raise StoreUnavailableError("The store has more waiting than it can write.")
        return sheaf.add(arrival, timeout_s, tell)

    def claim(self) -> list[Submission]:
        """Takes the oldest, up to a batch, without those whose callers have given up.

        To be called under the writer's lock.
        """
        batch: list[Submission] = []
        size = 0
        while self._entries and len(batch) < _BATCH and size < _BATCH_BYTES:
            submission = self._entries.popleft()
            self.size -= len(submission.arrival.body)
            if not submission.claimed:
                submission.claimed = True
                batch.append(submission)
                size += len(submission.arrival.body)
        return batch

    def gather(self) -> None:
        """Has wait what no loop handed over yet. To be called under the writer's lock."""
        for sheaf in list(self._sheaves.values()):
            self._take_over(sheaf)

    def close(self) -> list[Submission]:
        """Takes nothing more, and gives all that waits. To be called under the writer's lock."""
        self._closed = True
        self.gather()
        rest: list[Submission] = []
        while batch := self.claim():
            rest += batch
        return rest

    def _take_over(self, sheaf: Sheaf) -> None:
        begin, sheaf.handed_over = sheaf.handed_over, len(sheaf.submissions)
        fresh = sheaf.submissions[begin : sheaf.handed_over]
        self._entries += fresh
        self.size += sum(len(each.arrival.body) for each in fresh)

    def _hand_over(self, sheaf: Sheaf) -> None:
        """Ends a sheaf once the loop has nothing more to read: it waits for its commit then."""
        count = len(sheaf.submissions)
        if 1 < count < _SHEAF and sheaf.grows():
            sheaf.loop.call_soon(self._hand_over, sheaf)
            return
        with self._wake:
            del self._sheaves[sheaf.loop]
            self._take_over(sheaf)
            late = self.close() if self._closed else []
        answer(late, StoreUnavailableError("The store is closed."), here=sheaf.loop)
        self._ready(sheaf.loop)
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
                if not each.claimed and each.deadline <= now and each.tell is not None
            ]
            for submission in late:
                submission.claimed = True
        error = StoreUnavailableError("The store could not take the delivery in time.")
        for submission in late:
            sheaf.settle(submission, error)


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
