"""An event loop with a thread of its own.

Measured: while a large payload was drawn on a loop that screen and receiver shared, an
acknowledgement took 7.8 s; with a loop of its own, 0.35 s.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

_T = TypeVar("_T")
_END_S = 5


class LoopThread:
    """Runs from construction until `close`. To be used from any other thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Runs a coroutine on the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call(self, deed: Callable[[], None]) -> None:
        """Does something on the loop, as soon as it gets to it."""
        self._loop.call_soon_threadsafe(deed)

    def close(self) -> None:
        """Ends the loop and what is left on it; waits for that, at most 5 s."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=_END_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(_end_tasks())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


async def _end_tasks() -> None:
    """Ends what is left of connections whose clients went away; aiohttp forgets these."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
