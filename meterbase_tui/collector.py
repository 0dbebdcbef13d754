"""When Python looks for garbage in cycles: never while something starts, and fully only in a pause.

A full collection looks at every object there is. Over the graph of a screen that takes 30 ms and
more, in which no thread runs, the receiver's neither: it was all of the tail of acknowledgements.
While modules are imported nothing is garbage, and looking for it costs a tenth of the start.
"""

from __future__ import annotations

import gc
import time

_WHILE_STARTING = (50_000, 20, 100)
_YOUNG = (10_000, 10, 1_000_000)
"""Young objects are looked at, which takes a fraction of a millisecond; the old are not.

10,000 instead of 700: an acknowledgement makes some hundred, and most of them are gone with it.
Measured: a tenth less work for one, together with freezing.
"""
_PAUSE_S = 3.0
_APART_S = 60.0
_AT_LATEST_S = 600.0
"""Without a pause: one delivery every other second leaves none."""


def begin_start() -> None:
    """Looks for garbage rarely: what a start makes stays."""
    gc.set_threshold(*_WHILE_STARTING)


def begin_long_start() -> None:
    """The same for what is going to run for long and calls `end_start`: not at all until then."""
    gc.disable()


def end_start() -> None:
    """All that there is stays until the end of the process, and is not looked at again."""
    gc.freeze()
    gc.set_threshold(*_YOUNG)
    gc.enable()


class Pauses:
    """Collects the old garbage when nothing has happened for a while, once a minute at most."""

    def __init__(self) -> None:
        self._busy_at = self._collected_at = time.monotonic()
        self._clean = False

    def note(self, *, busy: bool) -> None:
        """To be called again and again: whether anything has happened since the last time."""
        now = time.monotonic()
        if busy:
            self._busy_at, self._clean = now, False
        paused = now - self._busy_at > _PAUSE_S and now - self._collected_at > _APART_S
        if not self._clean and (paused or now - self._collected_at > _AT_LATEST_S):
            gc.collect()
            self._collected_at, self._clean = now, True
