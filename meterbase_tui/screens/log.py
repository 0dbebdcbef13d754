"""The program's own log, followed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from meterbase_tui.journal.entries import LEVELS
from meterbase_tui.panels.log import LogPanel
from meterbase_tui.queries.log_book import EntrySource, LogBook
from meterbase_tui.screens.log_entry import LogEntry
from meterbase_tui.text import visible
from meterbase_tui.widgets.empty import Empty, Hint
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.search_bar import SearchBar
from meterbase_tui.widgets.table_messages import Selected
from meterbase_tui.wording.log_rows import COLUMNS

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.reading import Reading

_LOOK_EVERY_S = 0.5


class EntriesPanel(LogPanel):
    """Entries of the log, newest on top."""

    nothing_matches = Empty(
        "Nothing in the log matches",
        (Hint("log.level", "another level"), Hint("log.search", "another text")),
    )

    def __init__(self, desk: Desk) -> None:
        path = desk.link.settings.log_file
        hints = (
            Hint("file", str(path) if path else "none is kept"),
            Hint("level", "--log-level debug tells more"),
            Hint("log.close", "back"),
        )
        super().__init__(desk, "Log", COLUMNS, Empty("Nothing is in the log yet", hints), id="log")
        self._place = visible(str(path), 200)

    async def summarise(self, reading: Reading) -> str:  # noqa: ARG002
        """Where the file is."""
        return self._place


class LogScreen(Screen[None]):
    """What went on inside the program; it follows while it is on the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="log.close"),
        Binding("l", "next_level", "Level", tooltip="Only graver ones", id="log.level"),
        Binding("slash", "search", "Search", key_display="/", id="log.search"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        path = desk.link.settings.log_file
        self._book = LogBook(path) if path else None
        self._panel = EntriesPanel(desk)
        self._level = LEVELS[0]
        self._term = ""
        self._looks = 0

    def compose(self) -> ComposeResult:
        """The entries, the line to search in, and the keys."""
        yield self._panel
        yield SearchBar(hint="search in the log")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Shows what there is, then follows."""
        self._panel.table.focus()
        if self._book is None:
            self._panel.table.reset(())
            return
        await self._panel.open(EntrySource(self._book), self._desk.reading)
        self._follow(self._book)

    @work(description="following the log")
    async def _follow(self, book: LogBook) -> None:
        try:
            while True:
                await asyncio.sleep(_LOOK_EVERY_S)
                self._looks += 1
                await self._panel.pull(self._looks)
        finally:
            book.close()

    @work(exclusive=True, group="narrowing", description="narrowing the log")
    async def _narrow(self) -> None:
        if self._book is None:
            return
        words = [f"{self._level} and graver"] * (self._level != LEVELS[0])
        words += [f"“{self._term}”"] * bool(self._term)
        source = EntrySource(self._book, self._level, self._term)
        await self._panel.narrow(source, self._desk.reading, ", ".join(words))

    def action_next_level(self) -> None:
        """Leaves out what is of a lower level; after the highest, everything is shown again."""
        self._level = LEVELS[(LEVELS.index(self._level) + 1) % len(LEVELS)]
        self._narrow()

    def action_search(self) -> None:
        """Opens the line to search in."""
        self.query_one(SearchBar).open()

    def action_back(self) -> None:
        """Shows everything again if something was searched for; otherwise goes back."""
        if self._term:
            self.query_one(SearchBar).close()
            self._search("")
        else:
            self.app.pop_screen()

    @on(SearchBar.Typed)
    def search_for(self, event: SearchBar.Typed) -> None:
        """Shows what contains the text."""
        self._search(event.term.strip())

    @on(SearchBar.Left)
    def leave_search(self) -> None:
        """Goes back to the entries."""
        self._panel.table.focus()

    def _search(self, term: str) -> None:
        if term != self._term:
            self._term = term
            self._narrow()

    @on(Selected)
    @work(exclusive=True, group="entries", description="opening an entry of the log")
    async def open_entry(self, message: Selected) -> None:
        """Shows an entry whole."""
        book = self._book
        entry = await self._desk.reading.run(lambda: book.get(message.row_id) if book else None)
        if entry is not None:
            self.app.push_screen(LogEntry(entry))
