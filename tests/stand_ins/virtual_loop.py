"""An event loop whose clock jumps: whatever waits for a time waits no longer than it must."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that sleeps by moving its clock on."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Seconds since the loop was made, most of which nobody waited for."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Moves the clock on."""
        self._now += seconds


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self._loop.jump(timeout)
        return ready


def run_virtually(work: Coroutine[Any, Any, _T]) -> _T:
    """Runs a coroutine to its end on a loop of that kind."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
