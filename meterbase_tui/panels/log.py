"""A panel over a log of the store: a live table, its feed, and a title that counts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.containers import Container
from textual.content import Content

from meterbase_tui.widgets.feed import Feed
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.rows import RowSource
from meterbase_tui.widgets.table_messages import FollowChanged, RowsWanted
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from textual.app import ComposeResult

    from meterbase_tui.reading import Reading
    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.empty import Empty
    from store.reader import Connection


class LogSource(RowSource, Protocol):
    """A row source that knows which of its rows are still going to change."""

    unsettled: set[int]


class LogPanel(Container):
    """Shows one log and follows it; reads only while it is on the screen."""

    DEFAULT_CLASSES = "panel"

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        empty: Empty,
        *,
        id: str,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.title = title
        self.table = LiveTable(columns, empty=empty, id=f"{id}-table")
        self.border_title = title
        self._source: LogSource | None = None
        self._feed: Feed | None = None
        self._reading: Reading | None = None
        self._summary = ""
        self._revision = -1

    def compose(self) -> ComposeResult:
        """The table is all there is."""
        yield self.table

    async def open(self, source: LogSource, reading: Reading) -> None:
        """Shows the newest rows of a source, and the older ones once they are read."""
        self._source = source
        self._reading = reading
        self._feed = Feed(self.table, source, reading.run)
        await self._feed.start()
        self.run_worker(self._read(self._feed.backfill()), description="older rows")

    async def pull(self, revision: int) -> None:
        """Adds what is new, and asks again for rows that were not final.

        Nothing happens while it is not on the screen, or has seen this revision of the store.
        """
        if self._feed is None or self._source is None or not self.is_on_screen:
            return
        if revision == self._revision:
            return
        self._revision = revision
        self.table.invalidate(tuple(self._source.unsettled))
        await self._feed.pull()
        if self._reading is not None:
            self._summary = await self._reading.query(self.summarise)
        self._show_count()

    def summarise(self, connection: Connection) -> str:  # noqa: ARG002
        """What stands below the rows while the panel follows; nothing by default."""
        return ""

    @on(RowsWanted)
    def fetch_rows(self, message: RowsWanted) -> None:
        """Reads the rows around the window."""
        message.stop()
        if self._feed is not None:
            self.run_worker(self._read(self._feed.fetch(message.row_ids)), description="rows")

    async def _read(self, work: Coroutine[None, None, None]) -> None:
        # What cannot be read now is asked for again; the dashboard says why it could not.
        with suppress(StoreError):
            await work

    @on(FollowChanged)
    def show_following(self, message: FollowChanged) -> None:
        """Says whether new rows come into view, or how many wait."""
        message.stop()
        self._show_count()

    def _show_count(self) -> None:
        count = self.table.line_count
        self.border_title = Content(f"{self.title} · {count:,}" if count else self.title)
        if self.table.following:
            self.border_subtitle = Content(self._summary) if self._summary else None
        elif self.table.waiting:
            self.border_subtitle = Content(f"paused · {self.table.waiting:,} new · g to follow")
        else:
            self.border_subtitle = Content("paused · g to follow")
