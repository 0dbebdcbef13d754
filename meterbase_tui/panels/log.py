"""A panel over a log of the store: a live table, its feed, and a title that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.containers import Container
from textual.content import Content

from meterbase_tui.widgets.feed import Feed
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.rows import RowSource
from meterbase_tui.widgets.table_messages import FollowChanged, RowsWanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from meterbase_tui.reading import Reading
    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.empty import Empty


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

    def compose(self) -> ComposeResult:
        """The table is all there is."""
        yield self.table

    async def open(self, source: LogSource, reading: Reading) -> None:
        """Shows the newest rows of a source, and the older ones once they are read."""
        self._source = source
        self._feed = Feed(self.table, source, reading.run)
        await self._feed.start()
        self.run_worker(self._feed.backfill(), exclusive=True, description="older rows")

    async def pull(self) -> None:
        """Adds what is new, and asks again for rows that were not final."""
        if self._feed is None or self._source is None or not self.is_on_screen:
            return
        self.table.invalidate(tuple(self._source.unsettled))
        await self._feed.pull()
        self._show_count()

    @on(RowsWanted)
    def fetch_rows(self, message: RowsWanted) -> None:
        """Reads the rows around the window."""
        message.stop()
        if self._feed is not None:
            self.run_worker(self._feed.fetch(message.row_ids), description="rows")

    @on(FollowChanged)
    def show_following(self, message: FollowChanged) -> None:
        """Says whether new rows come into view, or how many wait."""
        message.stop()
        self._show_count()

    def _show_count(self) -> None:
        count = self.table.line_count
        self.border_title = Content(f"{self.title} · {count:,}" if count else self.title)
        if self.table.following:
            self.border_subtitle = None
        elif self.table.waiting:
            self.border_subtitle = Content(f"paused · {self.table.waiting:,} new · g to follow")
        else:
            self.border_subtitle = Content("paused · g to follow")
