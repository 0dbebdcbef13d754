"""Draws rows by id in columns, under a header, or says that there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.strip import Strip

from meterbase_tui.widgets.empty import Empty, draw_empty
from meterbase_tui.widgets.row_painter import RowPainter, Signs
from meterbase_tui.widgets.row_window import RowWindow
from meterbase_tui.widgets.rows import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.rows import Row

_LOADING = Empty("Loading …")
_BLANK = Strip([])
_DRAWN_ROWS = 500
_LEAST_HEIGHT_WITH_HEADER = 3


class RowTable(RowWindow):
    """Rows in columns, without a cursor: `LiveTable` adds that."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--empty-title",
        "table--empty-key",
        "table--empty-hint",
        *(f"table--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    RowTable {
        background: $surface;
        color: $foreground;
        & > .table--header { color: $foreground-muted; text-style: bold; }
        & > .table--cursor { background: $primary 16%; }
        &:focus > .table--cursor { background: $primary 24%; text-style: bold; }
        &:ansi > .table--cursor { background: transparent; text-style: bold; }
        & > .table--muted { color: $foreground-muted; }
        & > .table--strong { text-style: bold; }
        & > .table--accent { color: $text-accent; }
        & > .table--success { color: $text-success; }
        & > .table--warning { color: $text-warning; }
        & > .table--error { color: $text-error; }
        & > .table--empty-title { color: $foreground; text-style: bold; }
        & > .table--empty-key { color: $text-accent; text-style: bold; }
        & > .table--empty-hint { color: $foreground-muted; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: Empty | None = None,
        newest_first: bool = True,
        markable: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(newest_first=newest_first, id=id)
        self._columns = tuple(columns)
        self._empty = empty or Empty("Nothing here")
        self._markable = markable
        self._painter = RowPainter(columns, 0, markable=markable)
        self._header: Strip | None = None
        self._drawn: dict[tuple[int, Signs], tuple[Row | None, Strip]] = {}

    def set_empty(self, empty: Empty) -> None:
        """Changes what the table says when it has no rows."""
        self._empty = empty
        self.refresh()

    @property
    def head_height(self) -> int:
        """The header, unless there is hardly room for rows."""
        return 1 if self.size.height >= _LEAST_HEIGHT_WITH_HEADER else 0

    def signs(self, row_id: int) -> Signs:  # noqa: ARG002
        """What stands in the gutter of a row."""
        return Signs()

    def draw(self, y: int, width: int) -> Strip:
        """Draws the header, a row, or a line of the message that there is none."""
        if not self.line_count:
            empty = self._empty if self._known else _LOADING
            return Strip(draw_empty(empty, y, width, self.size.height, self._empty_style))
        if self._painter.width != width:
            self._painter = RowPainter(self._columns, width, markable=self._markable)
            self._drawn.clear()
            self._header = None
        if y < self.head_height:
            self._header = self._header or self._painter.header(self.shown("table--header"))
            return self._header
        line = self.first_line + y - self.head_height
        return self._draw_row(self._order.row_at(line)) if line < self.line_count else _BLANK

    def _draw_row(self, row_id: int) -> Strip:
        """Draws a row, or takes it as it was drawn: most rows only move when new ones come."""
        signs, row = self.signs(row_id), self._cache.get(row_id)
        drawn = self._drawn.get((row_id, signs))
        if drawn and drawn[0] is row:
            return drawn[1]
        under = ("table--cursor",) if signs.cursor else ()
        strip = self._painter.row(row, signs, lambda tone: self.shown(*under, f"table--{tone}"))
        if len(self._drawn) >= _DRAWN_ROWS:
            self._drawn.clear()
        self._drawn[row_id, signs] = (row, strip)
        return strip

    def notify_style_update(self) -> None:
        """Forgets what was drawn: the theme or the focus has changed."""
        super().notify_style_update()
        self._drawn.clear()
        self._header = None

    def _empty_style(self, part: str) -> Style:
        return self.shown(f"table--empty-{part}")
