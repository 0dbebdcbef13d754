"""A panel over a log of the store: a live table, its feed, and a title that counts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.content import Content

from meterbase_tui.widgets.empty import Empty, Hint
from meterbase_tui.widgets.feed import Feed
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.table_messages import FollowChanged, MarksChanged, RowsWanted
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.reading import Reading
    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.rows import RowSource


class LogPanel(Container):
    """Shows one log and follows it; reads only while it is on the screen."""

    DEFAULT_CLASSES = "panel"
    nothing_matches = Empty(
        "Nothing in the store matches",
        (Hint("filter.clear", "show everything again"), Hint("filter.edit", "change the filter")),
    )
    """What it says while it is narrowed and shows nothing."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        columns: Sequence[Column],
        empty: Empty,
        *,
        id: str,  # noqa: A002
        markable: bool = False,
    ) -> None:
        super().__init__(id=id)
        self.title = title
        self._desk = desk
        self._empty = self._name_keys(empty)
        self.table = LiveTable(columns, empty=self._empty, markable=markable, id=f"{id}-table")
        self.border_title = title
        self._source: RowSource | None = None
        self._feed: Feed | None = None
        self._reading: Reading | None = None
        self._summary = ""
        self._said = (title, "")
        self._revision = -1
        self._narrowed = ""
        self._searching = False

    def compose(self) -> ComposeResult:
        """The table is all there is."""
        yield self.table

    async def open(self, source: RowSource, reading: Reading) -> None:
        """Shows the newest rows of a source, and the older ones once they are read."""
        self._source = source
        self._reading = reading
        self._feed = Feed(self.table, source, reading.run)
        await self._feed.start()
        self._backfill(self._feed)

    async def narrow(self, source: RowSource, reading: Reading, words: str) -> None:
        """Shows another source, such as the same log with a filter.

        Args:
            source: Where rows come from after this.
            reading: Where they are read, so that a long search holds nothing else up.
            words: What it is narrowed to; empty for all of the log.
        """
        if self._feed is None:
            await self.open(source, reading)
            return
        self._source, self._reading = source, reading
        self._narrowed, self._searching = words, True
        self.table.set_empty(self._name_keys(self.nothing_matches) if words else self._empty)
        self._show_count()
        try:
            await self._feed.start(source, reading.run)
            self._backfill(self._feed)
        finally:
            if source is self._source:
                self._searching = False
                self._show_count()

    @property
    def narrowed(self) -> bool:
        """Whether it shows a part of its log only."""
        return bool(self._narrowed)

    def _say(self, empty: Empty) -> None:
        """Changes what the panel says while the log is empty."""
        self._empty = self._name_keys(empty)
        if not self._narrowed:
            self.table.set_empty(self._empty)

    def _name_keys(self, empty: Empty) -> Empty:
        """The same with the keys in force, where a hint has the id of what its key does."""
        names = self._desk.key_names
        hints = (
            replace(hint, key=names.of(hint.key)) if "." in hint.key else hint
            for hint in empty.hints
        )
        return replace(empty, hints=tuple(hints))

    def _backfill(self, feed: Feed) -> None:
        self.run_worker(
            self._read(feed.backfill()), description="older rows", group="backfill", exclusive=True
        )

    def redraw(self) -> None:
        """Draws the rows anew, as when personal data is to be masked."""
        self.table.invalidate_all()
        self._show_count()

    async def look(self, revision: int) -> Callable[[], None] | None:
        """Reads what is new, and rows in view that were not final.

        Returns:
            What shows it. None while the panel is not on the screen, or has seen this revision of
            the store: then nothing is read.
        """
        if self._feed is None or self._reading is None or not self.is_on_screen:
            return None
        # Behind a search that takes its time, every other panel would wait as well.
        if revision == self._revision or self._searching:
            return None
        show = await self._feed.look()
        summary = await self.summarise(self._reading)
        self._revision = revision

        def show_all() -> None:
            self._summary = summary
            show()
            self._show_count()

        return show_all

    async def pull(self, revision: int) -> None:
        """Looks, and shows what was found: where no other panel is shown with it."""
        if (show := await self.look(revision)) is not None:
            show()

    async def summarise(self, reading: Reading) -> str:  # noqa: ARG002
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
    @on(MarksChanged)
    def show_state(self) -> None:
        """Says whether new rows come into view, or how many wait, and how many are marked."""
        self._show_count()

    def _show_count(self) -> None:
        count = self.table.line_count
        words = f"{self.title} · {count:,}" if count else self.title
        if self._narrowed:
            words = f"{self.title} · {count:,} · only {self._desk.discretion.mask(self._narrowed)}"
        said = (words, self._say_state())
        if said != self._said:
            # Only then: each draws all of the panel again.
            self._said = said
            self.border_title, self.border_subtitle = map(Content, said)

    def _say_state(self) -> str:
        if self._searching:
            return "searching …"
        marked = len(self.table.marks)
        parts = [f"{marked:,} marked"] if marked else []
        if not self.table.following:
            waiting = self.table.waiting
            parts += ["paused", *([f"{waiting:,} new"] if waiting else [])]
            parts.append(f"{self._desk.key_names.of('lines.top')} to follow")
        elif self._summary:
            parts.append(self._summary)
        return " · ".join(parts)
