"""Ending on a signal, also while standard output is blocked by a reader that reads no more."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ALWAYS = (signal.SIGINT, signal.SIGTERM)


class StoppedError(Exception):
    """A signal came while standard output took nothing."""


class Stop:
    """Whether somebody wants the command to end. Belongs to the main thread."""

    def __init__(self) -> None:
        self.asked = False
        self._interruptible = False

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """A block that a signal breaks off with `StoppedError`; elsewhere it is only noted."""
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    @contextmanager
    def bounded(self, seconds: float) -> Iterator[None]:
        """An interruptible block that is also broken off when it takes too long."""
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            with self.interruptible():
                yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """The signals' handler."""
        self.asked = True
        # Only a flag is set otherwise: locks may be held by the code that the signal interrupts.
        if self._interruptible:
            self._interruptible = False
            raise StoppedError


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Notes SIGINT and SIGTERM, and SIGHUP unless `nohup` has it ignored."""
    stop = Stop()
    numbers = [*_ALWAYS, signal.SIGALRM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop.ask) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
