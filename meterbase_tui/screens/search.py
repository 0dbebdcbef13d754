"""One line to search everything that was received."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

_MOST = 200


class SearchLine(ModalScreen[str | None]):
    """Answers with the text to search for, empty for none; None to leave things as they were."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="search.close"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The line, where the eye is: below everything else."""
        with Horizontal(id="search-line") as line:
            line.border_title = Content("Search everything, bodies included")
            show_keys(line, ("enter", "search"), ("search.close", "back"))
            yield Label("/", markup=False)
            yield LineInput(
                visible(self._text, _MOST),
                compact=True,
                placeholder="text, id, path …",
                id="search",
            )

    @on(Input.Submitted)
    def search(self, event: Input.Submitted) -> None:
        """Answers with what was typed."""
        self.dismiss(event.value.strip())
