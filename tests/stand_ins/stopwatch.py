"""How long something takes, without the time for which the machine itself held it up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_BEAT_S = 0.01
_SLACK_S = 0.02
"""A beat that is no later than this is on time: another thread had the interpreter's lock."""


class Stopwatch:
    """Runs from its start to its end; `seconds` may be read at any time.

    A machine with too much to do, or a process that is stopped for a while, is no mistake of what
    is measured. A thread that only wakes up again and again sees by how much it woke up late, and
    that much is not counted.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._lost = 0.0
        self._ended: float | None = None
        self._began = self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="stopwatch", daemon=True)

    def __enter__(self) -> Self:
        self._began = self._beat = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended = self.seconds
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """So far, or in all once it is over."""
        if self._ended is not None:
            return self._ended
        with self._lock:
            now = time.monotonic()
            return now - self._began - self._lost - self._late(now)

    def _run(self) -> None:
        while not self._over.wait(_BEAT_S):
            with self._lock:
                now = time.monotonic()
                self._lost += self._late(now)
                self._beat = now

    def _late(self, now: float) -> float:
        late = now - self._beat - _BEAT_S
        return late if late > _SLACK_S else 0.0
