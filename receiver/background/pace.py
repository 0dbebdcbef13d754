"""How much the processor takes at once: an acknowledgement may wait behind each batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_EVERY = 8
"""Events between two looks at the clock, which takes longer than others."""


class Bounds(NamedTuple):
    """What a batch may be."""

    events: int = 512
    events_in_burst: int = 48
    """While deliveries come in, acknowledgements wait behind each batch."""
    seconds: float = 0.008
    seconds_in_burst: float = 0.003
    """For deciding; reading and writing take as long again. Of its own time: on a busy machine a
    batch that is cut short only makes more of them."""


BOUNDS = Bounds()


class Pace:
    """The size of the next batch, by how far the last ones came."""

    def __init__(self, lull: Callable[[], bool], bounds: Bounds = BOUNDS) -> None:
        """Begins with what is right in a burst.

        Args:
            lull: whether nothing has arrived for a while.
            bounds: the most of everything.
        """
        self._lull = lull
        self._bounds = bounds
        self._size = bounds.events_in_burst
        self._deadline = 0.0

    @property
    def size(self) -> int:
        """How many events the next batch may take."""
        most = self._bounds.events if self._lull() else self._bounds.events_in_burst
        return min(self._size, most)

    def start(self) -> None:
        """A batch begins to work on its events; to be called on its thread."""
        bounds = self._bounds
        seconds = bounds.seconds if self._lull() else bounds.seconds_in_burst
        self._deadline = time.thread_time() + seconds

    def is_over(self, finished: int) -> bool:
        """Whether a batch has taken its time; to be asked after each event."""
        return finished % _LOOK_EVERY == 0 and time.thread_time() > self._deadline

    def shorten(self, finished: int) -> None:
        """A batch was cut short after so many events: what is read in vain has its price."""
        self._size = finished

    def lengthen(self, allowed: int) -> None:
        """A batch of so many was done in time, and more is waiting."""
        self._size = min(2 * allowed, self._bounds.events)
