"""Reads the store for the screen, on one thread beside its loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from store.errors import StoreError
from store.reader import Reader
from store.reading.filters import EVERYTHING, Filters

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


class Searching:
    """A second reading of the same store, for what may take long: nothing else waits for it.

    It is opened when something is searched for the first time, since most screens never do.
    """

    def __init__(self, first: Reading) -> None:
        self._first = first
        self._opens: asyncio.Future[Reading] | None = None

    async def reading_for(self, filters: Filters) -> Reading:
        """Where to read what a filter leaves; the first reading for all there is.

        Raises:
            StoreError: the store cannot be opened once more.
        """
        if filters == EVERYTHING:
            return self._first
        if self._opens is None:
            path = self._first.reader.path
            self._opens = asyncio.get_running_loop().run_in_executor(None, Reading, path)
        try:
            # Shielded: if this search is cancelled, the next one still gets what is being opened.
            return await asyncio.shield(self._opens)
        except StoreError:
            self._opens = None
            raise

    def give_up(self) -> None:
        """Ends the search that runs now, if there is one."""
        if (opened := self._opened()) is not None:
            opened.give_up()

    def close(self) -> None:
        """Ends the search that runs now, and the thread."""
        if (opened := self._opened()) is not None:
            opened.give_up()
            opened.close()

    def _opened(self) -> Reading | None:
        opens = self._opens
        if opens is None or not opens.done() or opens.cancelled() or opens.exception():
            return None
        return opens.result()
