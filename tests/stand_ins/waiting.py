"""Waiting for something to become true, and for how long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_LONGEST_STEP_S = 1.0
PATIENCE_S = 30.0
"""Long enough for any machine: it is waited for only where something will never come."""


class Patience:
    """So many seconds of looking, in which a process that was stopped does not look."""

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self._left = seconds
        self._before = time.monotonic()

    @property
    def lasts(self) -> bool:
        """Whether there is any left; to be asked again and again."""
        now = time.monotonic()
        self._left -= min(now - self._before, _LONGEST_STEP_S)
        self._before = now
        return self._left > 0


def wait_until(
    condition: Callable[[], T], what: str = "the condition", seconds: float = PATIENCE_S
) -> T:
    """The first true value of `condition()`; fails the test when there is none in time."""
    patience = Patience(seconds)
    pause = 0.002
    while not (found := condition()):
        assert patience.lasts, f"{what}: not within {seconds:g} s"
        time.sleep(pause)
        # Looking all the time would hold up what is waited for.
        pause = min(1.3 * pause, 0.05)
    return found
