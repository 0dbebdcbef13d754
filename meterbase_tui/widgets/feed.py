"""Feeds a table from a source, away from the loop of the screen."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from meterbase_tui.widgets.live_table import LiveTable
    from meterbase_tui.widgets.rows import Row, RowSource

T = TypeVar("T")

_FIRST_IDS = 1_000
"""Enough for any screen; the older ones follow once it is drawn."""

_IDS_A_READ = 50_000


class _Seen(NamedTuple):
    """What a look found."""

    newer: Sequence[int]
    rows: Mapping[int, Row]
    outdated: frozenset[int]


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
        self._outdated: set[int] = set()

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
        # Asked now: while the ids were read, the table may have got its size.
        ahead = self._table.rows_ahead
        coming = newest[-ahead:] if ahead else ()
        rows = await self._run(partial(source.rows, coming)) if coming else {}
        if source is self._source:
            self._table.put_rows(rows)
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
                (await self.look())()
        finally:
            self._pulling = False

    async def look(self) -> Callable[[], None]:
        """Reads what is newer with the cells that come into view, and what in view has changed.

        All of it at once, since going to another thread and back costs more than most reads.

        Returns:
            What shows it; several tables that are shown in a row are drawn in one go.
        """
        source, table = self._source, self._table
        work = partial(self._look, source, table.newest_id, table.rows_ahead, table.ids_near_view)
        return partial(self._show, source, await self._run(work))

    def _look(
        self, source: RowSource, newest: int | None, ahead: int, near: Sequence[int]
    ) -> _Seen:
        # Kept until it is shown: each is named once, and what follows may fail.
        self._outdated.update(source.find_outdated())
        outdated = frozenset(self._outdated)
        newer = source.newer_than(newest, _IDS_A_READ)
        coming = newer[-ahead:] if ahead else ()
        # Those that are pushed out of view need not be read again.
        staying = near[: max(0, ahead - len(coming))] if ahead else near
        wanted = [*coming, *(row_id for row_id in staying if row_id in outdated)]
        return _Seen(newer, source.rows(wanted) if wanted else {}, outdated)

    def _show(self, source: RowSource, seen: _Seen) -> None:
        if source is not self._source:
            return
        if seen.rows:
            # The cells before the rows, so that nobody sees them come in two steps.
            self._table.put_rows(seen.rows)
        if seen.newer:
            self._table.add_ids(seen.newer)
        self._outdated -= seen.outdated
        self._table.invalidate(seen.outdated.difference(seen.rows))
        self._pull_again |= len(seen.newer) >= _IDS_A_READ

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
        if not wanted:
            return
        rows = await self._ask(wanted, partial(source.rows, wanted))
        self._table.put_rows(rows)
        gone = [row_id for row_id in wanted if row_id not in rows]
        if gone and source is self._source:
            gaps = await self._ask(gone, partial(source.find_gaps, gone))
            if source is self._source:
                self._table.remove_rows(gone, gaps)
        self._table.release(gone)
