"""A payload while it is typed: coloured like one that is looked at, and nothing in it is unseen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Span
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from meterbase_tui.text import visible_in_json
from meterbase_tui.widgets.layout import Ink
from meterbase_tui.widgets.text_layout import lex

if TYPE_CHECKING:
    from rich.text import Text
    from textual.widgets.text_area import Edit, EditResult

    from meterbase_tui.widgets.layout import Span as InkSpan

_COLOURED = 4_000
"""Characters of a line. A longer one stays plain: it is coloured whole for each of its rows."""

_THEME = TextAreaTheme("payload", cursor_line_style=Style.null())
"""Of the style sheet but for the line of the cursor, which would be in one colour."""


class PayloadArea(TextArea):
    """Edits JSON.

    A widget of Textual's gives a terminal whatever is in its text, also what moves the cursor or
    turns the reading direction around; and it takes U+2028 in a string for the end of a line. So
    what cannot be seen is spelled as JSON spells it, however it came in: as the text to begin
    with, pasted, or from another editor. No value is changed by that.

    Args:
        text: JSON text.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"payload-area--{ink}" for ink in Ink}
    DEFAULT_CSS = """
    PayloadArea {
        & .payload-area--key { color: $text-primary; }
        & .payload-area--string { color: $text-success; }
        & .payload-area--number { color: $text-warning; }
        & .payload-area--literal { color: $text-accent; }
        & .payload-area--punctuation { color: $foreground-muted; }
    }
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(visible_in_json(text), show_line_numbers=True, id=id)
        self.register_theme(_THEME)

    def on_mount(self) -> None:
        """Takes its colours."""
        self.theme = _THEME.name

    def load_text(self, text: str) -> None:
        """Takes another text in the place of this one."""
        super().load_text(visible_in_json(text))

    def edit(self, edit: Edit) -> EditResult:
        """Does whatever changes the text."""
        edit.text = visible_in_json(edit.text)
        return super().edit(edit)

    def get_line(self, line_index: int) -> Text:
        """A line in its colours: a string of JSON never goes on in the next one."""
        line = super().get_line(line_index)
        if len(line) <= _COLOURED:
            paint = {ink: self._paint(ink) for ink in Ink}
            line.spans = [Span(start, end, paint[ink]) for start, end, ink in _lex(line.plain)]
        return line

    def _paint(self, ink: Ink) -> Style:
        return self.get_component_rich_style(f"payload-area--{ink}", partial=True)


@lru_cache(maxsize=256)
def _lex(line: str) -> tuple[InkSpan, ...]:
    """As `lex`, which is asked anew for each row that a line is broken into."""
    return tuple(lex(line, 0, len(line)))
