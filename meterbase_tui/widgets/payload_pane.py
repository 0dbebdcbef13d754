"""A payload and the line to search in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical

from meterbase_tui.widgets.json_view import JsonView
from meterbase_tui.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from textual.app import ComposeResult


class PayloadPane(Vertical):
    """Takes the search to the payload, and what it found back to the line."""

    def compose(self) -> ComposeResult:
        """The payload, and under it the line."""
        yield JsonView(id="payload-view")
        yield SearchBar(id="payload-search")

    @property
    def payload(self) -> JsonView:
        """The view of the payload."""
        return self.query_one(JsonView)

    def open_search(self) -> None:
        """Begins to take a term."""
        self.query_one(SearchBar).open()

    def end_search(self) -> bool:
        """Ends the search; whether there was one."""
        bar = self.query_one(SearchBar)
        is_open = bar.is_open
        if is_open:
            bar.action_end()
        return is_open

    @on(SearchBar.Typed)
    def search_for(self, event: SearchBar.Typed) -> None:
        """Looks for what was typed."""
        self.payload.search(event.term)

    @on(SearchBar.Left)
    def return_to_payload(self) -> None:
        """The line was left."""
        self.payload.focus()

    @on(JsonView.Searched)
    def tell_found(self, event: JsonView.Searched) -> None:
        """Says how many places were found."""
        self.query_one(SearchBar).tell(event.term, event.current, event.total)
