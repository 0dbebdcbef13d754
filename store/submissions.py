"""What waits for the writer, and its answers on their way back to the event loops."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from store.errors import StoreUnavailableError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.records import Arrival, Receipt

_BATCH = 256
_BATCH_BYTES = 8 << 20
_QUEUE = 4_096
_QUEUE_BYTES = 64 << 20


@dataclass(slots=True, eq=False)
class Submission:
    """An arrival and the future that waits for its receipt."""

    arrival: Arrival
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Receipt]
    #: Set under the writer's lock by whoever comes first: the writer, or a caller that gives up.
    claimed: bool = False


@dataclass(slots=True, eq=False)
class Task:
    """Other work and the future that waits for its result."""

    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class Waiting:
    """Submissions in the order they came; to be used under the writer's lock."""

    def __init__(self) -> None:
        self._entries: deque[Submission] = deque()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, submission: Submission) -> None:
        """Puts a submission at the end.

        Raises:
            StoreUnavailableError: so much waits already that it would only wait in vain.
        """
        if self._bytes > _QUEUE_BYTES or len(self._entries) > _QUEUE:
            raise StoreUnavailableError("The store has more waiting than it can write.")
        self._entries.append(submission)
        self._bytes += len(submission.arrival.body)

    def claim(self) -> list[Submission]:
        """Takes the oldest, up to a batch, without those whose callers have given up."""
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


def answer(batch: list[Submission], results: list[Receipt] | Exception) -> None:
    """Wakes every event loop once for all of its submissions."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Submission, Receipt | Exception]]] = {}
    for index, submission in enumerate(batch):
        result = results if isinstance(results, Exception) else results[index]
        by_loop.setdefault(submission.loop, []).append((submission, result))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left to tell
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[Submission, Receipt | Exception]]) -> None:
    for submission, result in answers:
        if submission.answer.cancelled():
            continue
        if isinstance(result, Exception):
            submission.answer.set_exception(result)
            submission.answer.exception()  # the caller may have gone; then nobody will ask
        else:
            submission.answer.set_result(result)
