"""Feeds a table from a source, away from the loop of the screen."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from meterbase_tui.widgets.live_table import LiveTable
    from meterbase_tui.widgets.rows import Row, RowSource

T = TypeVar("T")

_FIRST_IDS = 1_000
"""Enough for any screen; the older ones follow once it is drawn."""

_IDS_A_READ = 50_000


class Run(Protocol):
    """Runs blocking work elsewhere and waits for it, as `asyncio.to_thread` does."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Runs it."""


class Feed:
    """Brings a table the ids and the rows of a source.

    The owner calls `start` once, `pull` whenever something new may be there and the table is on
    the screen, and `fetch` for each `LiveTable.RowsWanted`. Each may be called while it runs: what
    it is asked for meanwhile is done in the same go. What a source raises comes out of the call.

    Args:
        table: The table to feed.
        source: Where its rows come from.
        run: Where reading takes place; a thread by default.
    """

    def __init__(self, table: LiveTable, source: RowSource, run: Run = asyncio.to_thread) -> None:
        self._table = table
        self._source = source
        self._run = run
        self._pulling = self._pull_again = False
        self._fetching = False
        self._queue: dict[int, None] = {}

    async def start(self, source: RowSource | None = None, run: Run | None = None) -> None:
        """Shows the newest rows, of another source (or the same with another filter) if given.

        Args:
            source: Where rows come from after this.
            run: Where reading takes place after this; what is being read goes on where it is.
        """
        if source is not None:
            self._source = source
        self._run = run or self._run
        source = self._source
        newest = await self._run(partial(source.newer_than, None, _FIRST_IDS))
        await self._read_ahead(source, newest)
        if source is self._source:
            self._table.reset(newest)
            await self.pull()

    async def backfill(self) -> None:
        """Adds what is older, until there is no more; worth calling once the screen is drawn."""
        source = self._source
        while (oldest := self._table.oldest_id) is not None:
            older = await self._run(partial(source.older_than, oldest, _IDS_A_READ))
            if not older or source is not self._source:
                return
            self._table.prepend_older(older)

    async def pull(self) -> None:
        """Adds what is newer."""
        self._pull_again = True
        if self._pulling:
            return
        self._pulling = True
        try:
            while self._pull_again:
                self._pull_again = False
                await self._pull()
        finally:
            self._pulling = False

    async def _pull(self) -> None:
        source, newest = self._source, self._table.newest_id
        newer = await self._run(partial(source.newer_than, newest, _IDS_A_READ))
        await self._read_ahead(source, newer)
        if source is not self._source:
            return
        self._table.add_ids(newer)
        self._pull_again |= len(newer) >= _IDS_A_READ

    async def _read_ahead(self, source: RowSource, row_ids: Sequence[int]) -> None:
        """Brings the cells of rows before the rows, so that nobody sees them come in two steps."""
        wanted = self._table.ask_ahead(row_ids)
        if wanted:
            self._table.put_rows(await self._read(source, wanted))
            self._table.release(wanted)

    async def _read(self, source: RowSource, row_ids: Sequence[int]) -> Mapping[int, Row]:
        return await self._ask(row_ids, partial(source.rows, row_ids))

    async def _ask(self, row_ids: Sequence[int], work: Callable[[], T]) -> T:
        """Reads what answers for rows that were asked for; they are asked for again if it fails."""
        try:
            return await self._run(work)
        except BaseException:
            self._table.release(row_ids)
            raise

    async def fetch(self, row_ids: Iterable[int]) -> None:
        """Brings the cells of rows that are wanted, unless the window has left them behind."""
        self._queue.update(dict.fromkeys(row_ids))
        if self._fetching:
            return
        self._fetching = True
        try:
            while self._queue:
                await self._fetch()
        finally:
            self._fetching = False

    async def _fetch(self) -> None:
        queue, self._queue = self._queue, {}
        source = self._source
        wanted = [row_id for row_id in queue if self._table.near_view(row_id)]
        self._table.release(queue.keys() - set(wanted))
        rows = await self._read(source, wanted) if wanted else {}
        gone = [row_id for row_id in wanted if row_id not in rows]
        gaps = await self._ask(wanted, partial(source.find_gaps, gone)) if gone else ()
        if source is self._source:
            self._table.put_rows(rows)
            if gone:
                self._table.remove_rows(gone, gaps)
        else:
            self._table.release(wanted)
            self._table.put_rows(rows)
