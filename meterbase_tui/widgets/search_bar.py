"""A line to type a search into, with how many places were found beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from meterbase_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SearchBar(Horizontal):
    """Hidden until it is opened; what is typed is told letter by letter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "end", "End search", show=False, id="search.end"),
    ]
    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        display: none;
        background: $panel;
        &.-open { display: block; }
        Static { width: auto; padding: 0 1; color: $text-accent; }
        Input { background: $panel; width: 1fr; }
    }
    """

    class Typed(Message):
        """The term has changed."""

        def __init__(self, term: str) -> None:
            super().__init__()
            self.term = term

    class Left(Message):
        """The line was left: with Enter the search stays, with Escape it has ended."""

        def __init__(self, *, ended: bool) -> None:
            super().__init__()
            self.ended = ended

    def __init__(self, *, hint: str = "search in the payload", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The sign, the line, and the count."""
        yield Static("/", markup=False)
        yield LineInput(placeholder=self._hint, select_on_focus=False, compact=True)
        yield Static(id="found", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.has_class("-open")

    def open(self) -> None:
        """Shows the line, to type into."""
        self.add_class("-open")
        self.query_one(Input).focus()

    def close(self) -> None:
        """Ends the search, and hides the line."""
        self.query_one(Input).clear()
        self.remove_class("-open")

    def tell(self, term: str, current: int, total: int) -> None:
        """Says how many places were found, and which is current."""
        words = "" if not term else f"{current}/{total}" if total else "not found"
        self.query_one("#found", Static).update(Content(words))

    @on(Input.Changed)
    def pass_on(self, event: Input.Changed) -> None:
        """Tells what was typed."""
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def leave(self, event: Input.Submitted) -> None:
        """Goes back to what is searched; the matches stay."""
        event.stop()
        self.post_message(self.Left(ended=False))

    def action_end(self) -> None:
        """Ends the search."""
        self.close()
        self.post_message(self.Left(ended=True))
