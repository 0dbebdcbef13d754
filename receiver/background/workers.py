"""What works in the background: it begins again when a mistake ended it, and says so.

A thread or a task that dies says nothing by itself, and whoever relies on it waits for ever.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
REMEMBERED_S = 60.0
"""How long after a failure it is still told of; a worker that fails again and again stays told."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One of them at one moment."""

    title: str
    """What it does, as the subject of a sentence."""
    running: bool
    failures: int = 0
    """How often it failed lately; 0 while all is well."""
    error: str | None = None
    """The kind of the last error, such as `KeyError`; never its text."""


class Failures:
    """How often something failed, and how long to wait before it begins again."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._count = 0
        self._last = 0.0
        self._error: str | None = None

    def note(self, error: BaseException) -> float:
        """Takes a failure in, writes it to the log; the seconds to wait now."""
        self._count = self._recent + 1
        self._last, self._error = time.monotonic(), type(error).__name__
        _log.error("%s ended by a mistake of ours and begins again", self.title, exc_info=error)
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self._count - 1)))

    def state(self, *, running: bool) -> WorkerState:
        """How it is now; may be read from any thread."""
        recent = self._recent
        return WorkerState(self.title, running, recent, self._error if recent else None)

    @property
    def _recent(self) -> int:
        lately = time.monotonic() - self._last < REMEMBERED_S + LONGEST_PAUSE_S
        return self._count if self._count and lately else 0


class Worker:
    """A thread that works from construction until its owner sets `stopping`."""

    def __init__(
        self, name: str, title: str, work: Callable[[], None], stopping: threading.Event
    ) -> None:
        """Starts.

        Args:
            name: of the thread.
            title: what it does, as the subject of a sentence.
            work: returns once `stopping` is set; called again when it raises or returns early.
            stopping: set by the owner.
        """
        self._failures = Failures(title)
        self._work = work
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def state(self) -> WorkerState:
        """Readable from any thread."""
        return self._failures.state(running=self._thread.is_alive())

    def join(self, seconds: float) -> None:
        """Waits for its end, at most so long."""
        self._thread.join(timeout=seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work()
            except BaseException as error:  # noqa: BLE001 - also what is meant for the main thread
                self._stopping.wait(self._failures.note(error))


async def persist(work: Callable[[], Coroutine[None, None, None]], failures: Failures) -> None:
    """Runs a coroutine that should not end, again and again, until this task is cancelled."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must go on
            await asyncio.sleep(failures.note(error))
