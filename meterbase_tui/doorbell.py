"""Wakes the screen when something was committed, so that it need not look all the time."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Doorbell:
    """Rung by whoever commits, from any thread, and heard on the loop that made it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self._armed = False

    def arm(self) -> None:
        """Begins to listen: what is committed from now on is heard by the next `wait`."""
        self._rung.clear()
        self._armed = True

    def ring(self) -> None:
        """Something was committed. Never waits, and does next to nothing until it is armed anew."""
        if self._armed:
            self._armed = False
            # The screen may have ended meanwhile.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> None:
        """Returns when it has been rung since it was armed, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
