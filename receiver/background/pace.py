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

    events: int = 1_280
    """Each page of an index is written once a batch, so larger ones are cheaper; but who comes
    meanwhile waits until what was decided is written, which takes 17 µs an event."""
    events_in_burst: int = 16
    """While deliveries come in, acknowledgements wait behind each batch."""
    seconds: float = 0.03
    seconds_in_burst: float = 0.002
    """For deciding, which a delivery may end; reading and writing take as long again. Of its own
    time: on a busy machine a batch that is cut short only makes more of them."""


BOUNDS = Bounds()


class Pace:
    """The size of the next batch, by how long the events of the last one took."""

    def __init__(
        self, lull: Callable[[], bool], awaited: Callable[[], bool], bounds: Bounds = BOUNDS
    ) -> None:
        """Begins with what is right in a burst.

        Args:
            lull: whether nothing has arrived for a while.
            awaited: whether a delivery waits for the end of a batch.
            bounds: the most of everything.
        """
        self._lull = lull
        self._awaited = awaited
        self._bounds = bounds
        self._event_s = bounds.seconds_in_burst / bounds.events_in_burst
        self._started = self._deadline = 0.0
        self._gives_way = False
        """Whether a batch that goes on is a large one; a small one is worth its end."""

    @property
    def size(self) -> int:
        """How many events the next batch may take: what is read in vain has its price."""
        most, seconds = self._allowed()
        if seconds >= most * self._event_s:
            return most
        fitting = int(seconds / self._event_s)
        return max(fitting - fitting % _LOOK_EVERY, min(most, _LOOK_EVERY))

    def _allowed(self) -> tuple[int, float]:
        bounds = self._bounds
        if self._lull():
            return bounds.events, bounds.seconds
        return bounds.events_in_burst, bounds.seconds_in_burst

    def start(self) -> None:
        """A batch begins to work on its events; to be called on its thread."""
        self._started = time.thread_time()
        self._gives_way = self._lull()
        self._deadline = self._started + self._allowed()[1]

    def is_over(self, finished: int) -> bool:
        """Whether a batch has taken its time, or is waited for; to be asked after each event."""
        if finished % _LOOK_EVERY:
            return False
        return (self._gives_way and self._awaited()) or time.thread_time() > self._deadline

    def end(self, finished: int) -> None:
        """A batch has worked on so many events; to be called on its thread."""
        if finished:
            took = (time.thread_time() - self._started) / finished
            # The first of many take longer than those that follow, a single one takes longest.
            self._event_s = max(took, self._event_s / 2)
