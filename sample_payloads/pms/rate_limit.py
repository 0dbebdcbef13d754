"""Propexo's published rate limit: 150 requests a minute, slowed from 80 % on, then 429."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

A_MINUTE = 150
SLOW_S = 2.0
"""How much later an answer comes when most of a minute's requests are used."""
_SLOW_FROM = 0.8
_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What the limit says of one request."""

    remaining: int
    allowed: bool
    delay_s: float


class RateLimit:
    """Counts requests by the minute; a minute begins with its first request."""

    def __init__(self, clock: Callable[[], float], limit: int = A_MINUTE) -> None:
        """Begins with nothing used.

        Args:
            clock: seconds, from any beginning.
            limit: how many requests a minute are answered.
        """
        self._clock = clock
        self.limit = limit
        self._began = float("-inf")
        self._used = 0

    def take(self) -> Turn:
        """Counts a request."""
        now = self._clock()
        if now - self._began >= _WINDOW_S:
            self._began, self._used = now, 0
        if self._used >= self.limit:
            return Turn(0, allowed=False, delay_s=0.0)
        self._used += 1
        slow = self._used > _SLOW_FROM * self.limit
        return Turn(self.limit - self._used, allowed=True, delay_s=SLOW_S if slow else 0.0)
