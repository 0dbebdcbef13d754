"""The signals that end a program, lent to what handles them by itself."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, and the terminal has gone."""


@contextmanager
def signals_given_back(asked: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """A block that handles signals by itself, also by an event loop that leaves nothing behind.

    Args:
        asked: whether one of them has ended the block: what is left to do then is not interrupted
            by another.
    """
    before = {number: signal.getsignal(number) for number in (*ENDING, signal.SIGALRM)}
    try:
        yield
    finally:
        deaf = ENDING if asked() else ()
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if number in deaf else handler)
