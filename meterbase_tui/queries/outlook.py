"""How long it takes until nothing waits any more, by how the number of what waits has changed."""

from __future__ import annotations

from collections import deque

from receiver.checks.wording import span

MANY = 1_000
"""Fewer than these are gone before anybody has read how long that takes."""
_LOOKED_BACK_S, _LEAST_S, _SURE_S = 6.0, 0.9, 3.0
"""Over how long the change counts; how much of that is enough to say it, and that it grows."""


class Outlook:
    """Counts of one store, in the order of their time."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int]] = deque()

    def note(self, at: float, pending: int) -> None:
        """So many wait at a time, in seconds of any clock that goes on."""
        if pending < MANY:
            self._counts.clear()
            return
        self._counts.append((at, pending))
        while self._counts[0][0] < at - _LOOKED_BACK_S and len(self._counts) > 2:  # noqa: PLR2004
            self._counts.popleft()

    def describe(self) -> str:
        """`about 12 s`, `growing`, or nothing while it cannot be said."""
        if not self._counts:
            return ""
        (began, before), (ended, now) = self._counts[0], self._counts[-1]
        if ended - began < _LEAST_S:
            return ""
        if now < before:
            return f"about {span(max(1.0, now * (ended - began) / (before - now)))}"
        return "growing" if now > before and ended - began >= _SURE_S else ""
