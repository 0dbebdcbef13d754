"""Reads the store for the screen, on one thread beside its loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.reader import Connection

T = TypeVar("T")


class Reading:
    """A reader and its thread. What is asked for is done one after the other, in order."""

    def __init__(self, path: Path) -> None:
        """Opens the store at `path`; raises what `Reader` raises."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self.reader = self._thread.submit(Reader, path).result()

    async def run(self, work: Callable[[], T]) -> T:
        """Runs blocking work on the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def query(self, work: Callable[[Connection], T]) -> T:
        """Runs queries on a connection of the reader."""

        def connected() -> T:
            with self.reader.connect() as connection:
                return work(connection)

        return await self.run(connected)

    def give_up(self) -> None:
        """Ends the query that runs now: whoever waits for it gets a `StoreInterruptedError`."""
        self.reader.interrupt()

    def close(self) -> None:
        """Closes the reader and ends the thread."""
        self._thread.submit(self.reader.close)
        self._thread.shutdown()
