"""Work for the writer beside arrivals: each is a transaction of its own, and gives way to them."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_LULL_S = 0.008
"""How long nothing must have arrived: who was answered just now may send again, and reading and
judging 64 requests takes 5 ms."""
_PATIENCE_S = 0.02
"""How long work waits for such a lull before it runs all the same; and"""
_REST = 3
"""so many times as long as the work before it took, so that arrivals have most of the time;"""
_LONGEST_PATIENCE_S = 0.2
"""but no longer than this, whatever that was."""


@dataclass(slots=True, eq=False)
class Task:
    """Work and the future that waits for its result."""

    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class Tasks:
    """Those that wait, in the order in which they came; to be used under the writer's lock."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()
        self._arrived_at = 0.0
        self._took_s = 0.0

    def add(self, task: Task) -> None:
        """Puts one at the end."""
        self._waiting.append(task)

    def note_arrivals(self) -> None:
        """Arrivals were committed just now."""
        self._arrived_at = time.monotonic()

    def due_in(self) -> float | None:
        """Seconds until the oldest may run, if nothing arrives until then; None without any."""
        if not self._waiting:
            return None
        patience = min(max(_PATIENCE_S, _REST * self._took_s), _LONGEST_PATIENCE_S)
        due = min(self._arrived_at + _LULL_S, self._waiting[0].since + patience)
        return max(0.0, due - time.monotonic())

    def note_work(self, seconds: float) -> None:
        """One was done, and held arrivals up for so long."""
        self._took_s = seconds

    @property
    def lull(self) -> bool:
        """Whether nothing has arrived for so long that nobody is likely to wait."""
        return time.monotonic() - self._arrived_at >= _LULL_S

    def pick(self, *, hurry: bool) -> Task | None:
        """Takes the oldest if it may run now, or in a hurry whenever it may."""
        if hurry and self._waiting:
            return self._waiting.popleft()
        return self._waiting.popleft() if self.due_in() == 0.0 else None

    def close(self) -> list[Task]:
        """Gives all that wait."""
        rest = list(self._waiting)
        self._waiting.clear()
        return rest
