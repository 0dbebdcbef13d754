"""One entry of the program's own log, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from meterbase_tui.exports.json_fields import encode
from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import BLANK, LaidText, Line, Prose
from meterbase_tui.wording.log_rows import entry_fields, sign_of, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
                yield LaidText(Prose(self._lines()), markup=False)

    def _lines(self) -> Iterator[Line]:
        entry = self._entry
        yield _draw("", entry.message)
        yield BLANK
        yield _draw("from", entry.logger)
        for name, value in entry.fields.items():
            yield _draw(name, str(value))
        if entry.pid:
            yield _draw("process", str(entry.pid))
        if entry.traceback:
            yield BLANK
            yield _draw("", entry.traceback)

    def action_scroll(self, lines: int) -> None:
        """Moves the window."""
        self.query_one("#log-entry-scroll").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copies the entry as JSON, for a report."""
        self.app.copy_to_clipboard(encode(entry_fields(self._entry), indent=2))
        self.app.notify("Copied the entry.", timeout=4, markup=False)


def _draw(label: str, text: str) -> Line:
    """A line with its label, or without one."""
    head = (
        Content.styled(f"{visible(label, 60):12} ", "$foreground-muted") if label else Content("")
    )
    return Line(head, Content(visible(text, _MOST, newline=True)))
