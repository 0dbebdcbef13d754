"""Refusals that come faster than anybody reads them: counted, and told of by one row a second.

Anyone can make a refusal, and writing it down takes twice as long as answering it. So beyond a rate
they are answered without that; nothing is lost that was acknowledged, and the row says how many.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.arrival.intake import Request
    from receiver.judging.judgement import Judgement

MOST_A_SECOND = 250
"""Refusals that are all written down, for as long as it takes;"""
MOST_AT_ONCE = 1_000
"""and so many beyond them, after a pause."""


@dataclass(slots=True)
class Flood:
    """What was refused and not written down since the last row, of one status."""

    request: Request
    """The first of them."""
    judgement: Judgement
    began: float
    count: int = 0

    def describe(self, now: float) -> str:
        """What its row says."""
        return (
            f"{self.count:,} {'requests were' if self.count > 1 else 'request was'} refused like "
            f"this within {max(0.1, now - self.began):.1f} s. Beyond {MOST_A_SECOND} a second "
            "refused requests are counted, and one of them is kept."
        )


class Dam:
    """Tells refusals to write down from those only to count. To be used on one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._room = float(MOST_AT_ONCE)
        self._filled_at = clock()
        self._floods: dict[int, Flood] = {}

    def admits(self) -> bool:
        """Whether there is room to write down one more."""
        now = self._clock()
        self._room += (now - self._filled_at) * MOST_A_SECOND
        self._room = min(self._room, MOST_AT_ONCE)
        self._filled_at = now
        if self._room < 1:
            return False
        self._room -= 1
        return True

    def count(self, request: Request, judgement: Judgement) -> bool:
        """Counts one that is not written down; True if it is the first since `drain`."""
        first = not self._floods
        flood = self._floods.get(judgement.status)
        if flood is None:
            flood = Flood(request, judgement, self._clock())
            self._floods[judgement.status] = flood
        flood.count += 1
        return first

    def drain(self) -> list[Flood]:
        """What was counted since the last time."""
        floods = list(self._floods.values())
        self._floods = {}
        return floods
