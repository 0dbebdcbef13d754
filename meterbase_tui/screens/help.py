"""All keys that work on a screen, by what they are for."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import pad, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from meterbase_tui.terminal.keys import KeyLine

_KEYS = 9


class Help(ModalScreen[None]):
    """Two columns of keys, made of the bindings of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Back", id="help.close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up"),
    ]

    def __init__(self, lines: Sequence[KeyLine]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The groups, shared among the columns so that both are about as long."""
        with Vertical(id="help-card", classes="card") as card:
            card.border_title = Content("Keys")
            show_keys(card, ("ctrl+p", "does any of it by name"), ("help.close", "back"))
            with VerticalScroll(id="help-scroll"), Horizontal(id="help-columns"):
                for column in split(self._lines):
                    yield Static(draw(column), classes="column", markup=False)

    def action_scroll(self, lines: int) -> None:
        """Moves the keys, where they do not all fit."""
        self.query_one("#help-scroll").scroll_relative(y=lines, animate=False)


def split(lines: Sequence[KeyLine]) -> tuple[list[KeyLine], list[KeyLine]]:
    """The lines in two columns, groups kept whole."""
    groups = [list(group) for _, group in groupby(lines, key=lambda line: line.group)]
    total = sum(map(_height, groups))
    left: list[KeyLine] = []
    right: list[KeyLine] = []
    filled = 0
    for group in groups:
        # As soon as half of it is on the left, the rest goes to the right.
        (left if filled + _height(group) // 2 <= total // 2 else right).extend(group)
        filled += _height(group)
    return left, right


def _height(group: Sequence[KeyLine]) -> int:
    return len(group) + 2


def draw(lines: Sequence[KeyLine]) -> Content:
    """A column: each group under its title."""
    drawn: list[Content] = []
    for title, group in groupby(lines, key=lambda line: line.group):
        drawn += [Content("")] if drawn else []
        drawn.append(Content.from_markup("[b $text-primary]$title[/]", title=visible(title, 30)))
        drawn += [
            Content.from_markup(
                "[$text-accent]$keys[/] $words",
                keys=pad(visible(line.keys, 40), max(_KEYS, cell_len(line.keys))),
                words=visible(line.words, 60),
            )
            for line in group
        ]
    return Content("\n").join(drawn)
