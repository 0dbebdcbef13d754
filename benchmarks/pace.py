"""When the next request is due."""

from __future__ import annotations


class Pace:
    """As fast as answers come, or at a fixed rate, until the time is over."""

    def __init__(self, now: float, seconds: float, rate: float | None) -> None:
        """Begins.

        Args:
            now: the clock, in seconds, as in every other method.
            seconds: how long requests are due.
            rate: requests a second; None for one whenever a connection is free.
        """
        self._end = now + seconds
        self._step = 1 / rate if rate else 0.0
        self._due = now

    def take(self, now: float) -> float | None:
        """When the request that is to be sent now was due; None when none is."""
        due = self._due if self._step else now
        if due > now or due >= self._end:
            return None
        self._due = due + self._step
        return due

    def stop(self) -> None:
        """Nothing is due any more."""
        self._end = self._due = float("-inf")

    def over(self, now: float) -> bool:
        """Whether nothing will be due from now on."""
        return (self._due if self._step else now) >= self._end

    def until_next(self, now: float, longest: float) -> float:
        """Seconds until something is due, no more than `longest`."""
        return longest if self.over(now) else min(longest, max(0.0, self._due - now))
