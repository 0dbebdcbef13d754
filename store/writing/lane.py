"""The lane of arrivals: what waits for its commit, and how much may.

What arrives while a loop has something to read goes in together, so that a lock is taken once for
all of it, and batches are large. Where they come one at a time there is nothing to wait for: each
goes in at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from store.errors import StoreUnavailableError
from store.writing.submissions import Sheaf, answer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from store.records import Arrival
    from store.writing.submissions import Submission, Tell

_SHEAF = 64
"""So many are handed over though there may be more to read."""
_BATCH = 256
_BATCH_BYTES = 8 << 20
_QUEUE = 4_096
_QUEUE_BYTES = 64 << 20
_ALONE = 3
"""After so many that came alone, one after the other, the next is taken to come alone too. One by
itself is the rest of a crowd: were the first of the next committed alone, all others would wait."""


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
        self._alone = _ALONE
        """How many came alone, one after the other."""
        self._in_turn = False
        """Whether one was handed over at once, and the loop has not come round since."""
        self.size = 0
        """Bytes of the bodies that wait."""

    def __len__(self) -> int:
        """How many wait."""
        return len(self._entries)

    def submit(self, arrival: Arrival, timeout_s: float, tell: Tell) -> Submission:
        """Puts an arrival at the end of the lane: it is seen to when the loop has read all, or now.

        To be called on an event loop, where `tell` is called, maybe before this returns: with its
        receipt once it is on disk, or with the error when it was not taken in time or could not be
        written.

        Raises:
            StoreUnavailableError: the lane is closed, or so much waits already that it would only
                wait in vain.
        """
        loop = asyncio.get_running_loop()
        if self._closed:
            raise StoreUnavailableError("The store is closed.")
        sheaf = self._sheaves.get(loop)
        size, count = (sheaf.size, len(sheaf.submissions)) if sheaf else (0, 0)
        if self.size + size > _QUEUE_BYTES or len(self._entries) + count > _QUEUE:
            raise StoreUnavailableError("The store has more waiting than it can write.")
        if sheaf is not None:
            return sheaf.add(arrival, timeout_s, tell)
        sheaf = self._sheaves[loop] = Sheaf(loop)
        submission = sheaf.add(arrival, timeout_s, tell)
        if self._in_turn:
            self._alone = 0
        if self._alone < _ALONE:
            loop.call_soon(self._end_sheaf, sheaf)
            return submission
        self._in_turn = True
        self._hand_over(sheaf)
        loop.call_soon(self._end_turn)
        return submission

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

    def _end_turn(self) -> None:
        """Ends the turn in which one was handed over at once."""
        self._in_turn = False

    def _end_sheaf(self, sheaf: Sheaf) -> None:
        """Hands a sheaf over once the loop has nothing more to read."""
        count = len(sheaf.submissions)
        if 1 < count < _SHEAF and sheaf.grows():
            sheaf.loop.call_soon(self._end_sheaf, sheaf)
            return
        self._alone = self._alone + 1 if count == 1 else 0
        self._hand_over(sheaf)

    def _hand_over(self, sheaf: Sheaf) -> None:
        """What is in a sheaf waits for its commit, which may be on this thread."""
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
