"""How long a search may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Budget:
    """Seconds that may be spent, and how often they did not suffice.

    A step of the search cannot be interrupted, so each asks before it starts whether its estimated
    cost still fits. A costly step that does not is left out; a cheaper one after it may still fit.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self.refused = 0
        """How many steps were left out for want of time."""
        self._clock = clock
        self._deadline = clock() + seconds

    def affords(self, cost_s: float) -> bool:
        """Whether a step of this estimated cost, in seconds, may start."""
        if self._clock() + cost_s <= self._deadline:
            return True
        self.refused += 1
        return False
