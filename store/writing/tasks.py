"""Work for the writer beside arrivals: each is a transaction of its own, and gives way to them."""

from __future__ import annotations

import math
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
_LULL_IN_BURST_S = 0.03
"""The same while work that nobody waits for is held back: a burst has pauses of its own."""
_PATIENCE_S, _PATIENCE_IN_BURST_S = 0.02, 0.006
"""How long work waits for such a lull before it runs all the same: in a burst for one batch of
arrivals or two, since it is little then;"""
_ANSWERING_S = 0.001
"""and, if it does not take as long again, not before those are answered who were committed last;"""
_REST = 3
"""so many times as long as the work before it took, so that arrivals have most of the time;"""
_LONGEST_PATIENCE_S = 0.2
"""but no longer than this, whatever that was."""
_BURST = 1_400
"""Arrivals a second at which a burst begins;"""
_LOOK_S = 0.05
"""counted over so long;"""
_CALM_S = 1.0
"""after so long without one: what goes on for long comes in waves, each of which looks like one;"""
_BURST_S = 1.5
"""and for so long work that nobody waits for leaves the writer to it, and the processor's core."""


@dataclass(slots=True, eq=False)
class Task:
    """Work and the future that waits for its result."""

    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)
    patient: bool = False
    """Whether nobody waits for it, so that a burst of arrivals may go first."""


class Tasks:
    """Those that wait, in the order in which they came; to be used under the writer's lock."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()
        self._patient: deque[Task] = deque()
        self._arrived_at = 0.0
        self._took_s = 0.0
        self._counted = 0
        self._counted_since = 0.0
        self._busy_at = self._burst_since = -math.inf
        self.disk_is_busy = False
        """Whether commits take longer for now: a burst goes before what nobody waits for again."""

    def add(self, task: Task) -> None:
        """Puts one at the end of its lane: what somebody waits for, or the rest."""
        (self._patient if task.patient else self._waiting).append(task)

    def note_arrivals(self, count: int = 0) -> None:
        """So many arrivals are about to be committed, or were just now."""
        now = self._arrived_at = time.monotonic()
        self._counted += count
        passed = now - self._counted_since
        many = self._counted >= _BURST * _LOOK_S
        if passed >= _LOOK_S or many:
            if many and self._counted >= _BURST * passed:
                if now - self._busy_at > _CALM_S:
                    self._burst_since = now
                self._busy_at = now
            self._counted, self._counted_since = 0, now

    def due_in(self) -> float | None:
        """Seconds until the next may run, if nothing arrives until then; None without any."""
        heads = [lane[0] for lane in (self._waiting, self._patient) if lane]
        if not heads:
            return None
        return max(0.0, min(map(self._due_at, heads)) - time.monotonic())

    def _due_at(self, task: Task) -> float:
        least = _PATIENCE_IN_BURST_S if self.burst else _PATIENCE_S
        patience = min(max(least, _REST * self._took_s), _LONGEST_PATIENCE_S)
        due = task.since + patience
        if self.burst:
            due = min(max(due, self._arrived_at + _ANSWERING_S), due + patience)
        if not task.patient:
            return min(self._arrived_at + _LULL_S, due)
        if self.disk_is_busy and self.burst:
            return self._arrived_at + _LULL_IN_BURST_S
        held_until = self._burst_since + _BURST_S
        lull = _LULL_IN_BURST_S if self._arrived_at < held_until else _LULL_S
        return min(self._arrived_at + lull, max(due, held_until))

    def note_work(self, seconds: float) -> None:
        """One was done, and took so long of its own time.

        On the clock it takes the longer the more arrivals there are beside it, and would have less
        and less of the writer.
        """
        self._took_s = seconds
        if self.burst:
            # What came meanwhile may not even have been read: this was no lull.
            self._arrived_at = time.monotonic()

    @property
    def burst(self) -> bool:
        """Whether so many arrived lately that everything else should be brief."""
        return time.monotonic() - self._busy_at < _CALM_S

    @property
    def lull(self) -> bool:
        """Whether nothing has arrived for so long that nobody is likely to wait."""
        return time.monotonic() - self._arrived_at >= _LULL_S

    def pick(self, *, hurry: bool) -> Task | None:
        """Takes the next if it may run now, or in a hurry whenever it may."""
        now = time.monotonic()
        for lane in (self._waiting, self._patient):
            if lane and (hurry or self._due_at(lane[0]) <= now):
                return lane.popleft()
        return None

    def close(self) -> list[Task]:
        """Gives all that wait."""
        rest = [*self._waiting, *self._patient]
        self._waiting.clear()
        self._patient.clear()
        return rest
