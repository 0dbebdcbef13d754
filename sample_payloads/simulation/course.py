"""The course of a run: since when, for how long, and whether it is to end before its time."""

from __future__ import annotations

import asyncio


class Course:
    """Of one run, on any event loop; may be asked, and told to stop, from any thread."""

    def __init__(self) -> None:
        self.stopped = False
        """Whether somebody stopped it, or wanted to when it had ended."""
        self.interrupted = False
        """Whether it ended for that."""
        self.done = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._began = self._ended = 0.0

    def begin(self) -> None:
        """It runs from now on, on the running loop."""
        self._loop = loop = asyncio.get_running_loop()
        self._began = loop.time()

    def end(self) -> None:
        """It has ended, in whatever way."""
        self._ended = asyncio.get_running_loop().time()
        self.done = True

    @property
    def seconds(self) -> float:
        """How long it has lasted so far, or did."""
        ended = self._ended or (self._loop.time() if self._loop else 0.0)
        return ended - self._began

    def stop(self) -> None:
        """Somebody wants it to end. From any thread."""
        self.stopped = True
        if self._loop is None:
            self._stopping.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    def give_up(self) -> None:
        """It ends by itself, since going on is in vain. On the loop."""
        self._stopping.set()

    async def wait(self) -> None:
        """Until it is to end before its time."""
        await self._stopping.wait()
        self.interrupted = self.stopped
