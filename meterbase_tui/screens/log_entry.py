"""One entry of the program's own log, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.exports.json_fields import encode
from meterbase_tui.text import visible
from meterbase_tui.wording.log_rows import entry_fields, sign_of, time_of

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.journal.entries import Entry

_MOST = 30_000


class LogEntry(ModalScreen[None]):
    """Its message, its fields, and where in the program it came from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", id="entry.close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="entry.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="entry.up"),
        Binding("y", "copy", "Copy", id="entry.copy"),
    ]

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry

    def compose(self) -> ComposeResult:
        """The words, in a window that scrolls."""
        entry = self._entry
        with Vertical(id="log-entry", classes="card") as card:
            card.border_title = Content(f"{sign_of(entry.level).text} · {time_of(entry)}")
            card.border_subtitle = Content("y copy · esc back")
            with VerticalScroll(id="log-entry-scroll"):
                yield Static(Content(self._words()), markup=False)

    def _words(self) -> str:
        entry = self._entry
        lines = [entry.message, "", f"{'from':12} {entry.logger}"]
        lines += [f"{name:12} {value}" for name, value in entry.fields.items()]
        lines += [f"{'process':12} {entry.pid}"] if entry.pid else []
        lines += ["", entry.traceback] if entry.traceback else []
        return visible("\n".join(lines), _MOST, newline=True)

    def action_scroll(self, lines: int) -> None:
        """Moves the window."""
        self.query_one("#log-entry-scroll").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copies the entry as JSON, for a report."""
        self.app.copy_to_clipboard(encode(entry_fields(self._entry), indent=2))
        self.app.notify("Copied the entry.", timeout=4, markup=False)
