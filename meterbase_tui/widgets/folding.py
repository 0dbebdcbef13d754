"""The lines of a payload with a cursor on one of them, and blocks of JSON that fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from meterbase_tui.widgets.folds import (
    FoldedLayout,
    block_around,
    block_at,
    blocks_around,
    inner_blocks,
)
from meterbase_tui.widgets.hex_layout import HexLayout
from meterbase_tui.widgets.scroller import Scroller
from meterbase_tui.widgets.text_layout import TextLayout

if TYPE_CHECKING:
    from textual import events

    from meterbase_tui.widgets.layout import Layout
    from meterbase_tui.widgets.sheet import Sheet

_NOTHING = HexLayout(b"", 0)
"""Until something is laid out."""


class Folding(Scroller):
    """Moves through lines and folds blocks; a subclass lays out and draws.

    The window moves as a pager's does, and the cursor keeps its place in it; where the window
    cannot move, the cursor does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z,enter,space", "fold", "Fold", key_display="z", id="payload.fold"),
        Binding("minus", "fold_all", "Fold all", show=False, id="payload.fold_all"),
        Binding(
            "plus,equals_sign", "unfold_all", "Unfold all", show=False, id="payload.unfold_all"
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.cursor = 0
        """The row that a fold begins at."""
        self._sheet: Sheet | None = None
        self._base: Layout = _NOTHING
        self._layout: Layout = _NOTHING
        self._folded: set[int] = set()
        """The lines that open a folded block."""
        self.can_fold = False
        """Whether there are blocks in what is shown."""

    # What a subclass uses.

    def lay(self, sheet: Sheet | None, base: Layout) -> None:
        """Takes what was laid out, folded as before, and stays where the reader was."""
        top, at = self._layout.position_of(self.first_line), self._layout.position_of(self.cursor)
        self._sheet, self._base = sheet, base
        self._layout = self._fold(base)
        self.can_fold = sheet is not None and any(sheet.depths)
        self.first_line = min(self._layout.row_of(top), self.last_first_line)
        self.cursor = self._layout.row_of(at) if self._layout.rows else 0
        self.scrolled()
        self.refresh(layout=False)

    def lay_nothing(self) -> None:
        """Forgets what was laid out, with cursor and folds."""
        self._sheet, self._base, self._layout = None, _NOTHING, _NOTHING
        self.first_line = self.cursor = 0
        self.can_fold = False
        self._folded.clear()

    def reveal(self, position: int) -> None:
        """Goes to a place in the text, and unfolds what hides it."""
        if self._sheet is not None and self._folded and isinstance(self._base, TextLayout):
            line = self._base.line_of(self._base.row_of(position))
            hiding = self._folded.intersection(blocks_around(self._sheet, line))
            if hiding:
                self._refold(self._folded - hiding)
        self.cursor = self._layout.row_of(position)
        self.show_from(self.revealing(self.cursor))

    def _fold(self, base: Layout) -> Layout:
        if self._sheet is None or not self._folded or not isinstance(base, TextLayout):
            return base
        return FoldedLayout(self._sheet, base, self._folded)

    def _refold(self, folded: set[int]) -> None:
        self._folded = folded
        self.lay(self._sheet, self._base)

    def _line_of_cursor(self) -> int | None:
        layout = self._layout
        if isinstance(layout, (TextLayout, FoldedLayout)) and layout.rows:
            return layout.line_of(self.cursor)
        return None

    # Keys and the mouse.

    def action_fold(self) -> None:
        """Folds the block that the cursor is in, or unfolds it."""
        line = self._line_of_cursor()
        if self._sheet is None or line is None:
            return
        opening = block_around(self._sheet, line)
        if opening is not None:
            self.cursor = self._layout.row_of(self._sheet.starts[opening])
            self._refold(self._folded ^ {opening})
            self.show_from(self.revealing(self.cursor))

    def action_fold_all(self) -> None:
        """Folds every block below the top level, each within the next."""
        if self._sheet is not None:
            self._refold(inner_blocks(self._sheet))
            self.show_from(self.revealing(self.cursor))

    def action_unfold_all(self) -> None:
        """Unfolds everything."""
        self._refold(set())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing folds where there are no blocks."""
        if action in ("fold", "fold_all", "unfold_all"):
            return self.can_fold
        return super().check_action(action, parameters)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a line; one that opens a block is folded or unfolded."""
        at = event.get_content_offset(self)
        row = self.first_line + at.y if at else self.line_count
        if at is None or at.x >= self.size.width - 1 or row >= self.line_count:
            return
        self.cursor = row
        line = self._line_of_cursor()
        if self._sheet is not None and line is not None and block_at(self._sheet, line):
            self.action_fold()
        self.refresh()

    @property
    def line_count(self) -> int:
        """How many rows of the screen the payload takes."""
        return self._layout.rows

    def scrolled(self) -> None:
        """Keeps the cursor in the window."""
        last = min(self.first_line + self.body_height, self.line_count) - 1
        self.cursor = max(0, min(max(self.cursor, self.first_line), last))

    def action_step(self, lines: int) -> None:
        """Moves window and cursor some lines down, or up with a negative number."""
        self.cursor = min(max(0, self.cursor + lines), max(0, self.line_count - 1))
        self.show_from(self.first_line + lines)
        self.refresh()

    def action_top(self) -> None:
        """Goes to the beginning."""
        self.action_step(-self.line_count)

    def action_bottom(self) -> None:
        """Goes to the end of what is shown."""
        self.action_step(self.line_count)
