"""Ending on a signal, also while standard output is blocked by a reader that reads no more.

Most commands are broken off (`end_on_signals`); those that go on until they are told to stop note
it (`stop_on_signals`), or leave it to their event loop.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from meterbase_tui.terminal.signals import ENDING, signals_given_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ALWAYS = (signal.SIGINT, signal.SIGTERM)
_LONGEST_END_S = 5.0
"""How long a command may take to let go of what it has."""


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
    with signals_given_back(lambda: stop.asked):
        for number in numbers:
            signal.signal(number, stop.ask)
        yield stop


class Ending:
    """Ends a command on the first signal, and lets nothing interrupt what it leaves behind."""

    def __init__(self) -> None:
        self.number: int | None = None
        """The signal that came."""

    @property
    def code(self) -> int:
        """The exit code, as shells count it."""
        return 128 + (self.number or signal.SIGINT)

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """The signals' handler."""
        if self.number is not None:
            return
        self.number = number
        signal.signal(signal.SIGALRM, self._give_up)
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_END_S)
        raise KeyboardInterrupt

    def _give_up(self, _number: int, _frame: FrameType | None) -> None:
        os._exit(self.code)


@contextmanager
def end_on_signals() -> Iterator[Ending]:
    """A command whose files and locks are let go of on SIGINT, SIGTERM and SIGHUP.

    Each of them is a `KeyboardInterrupt` in it. What was ignored from the start stays ignored, as
    in a shell's background or under `nohup`. Other threads than the main one get no signals.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    with signals_given_back(lambda: ending.number is not None or _is_deaf()):
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, ending.ask)
        try:
            yield ending
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _is_deaf() -> bool:
    """Whether a block has ended on a signal, so that another shall not interrupt what is left."""
    return signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
