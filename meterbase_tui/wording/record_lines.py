"""Records as lines of a list, each value in its column, for the width that there is. Pure.

An option's id is the place of its record in what was read: an id of the sender's may be any text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from meterbase_tui.text import pad, visible
from meterbase_tui.widgets.columns import place
from meterbase_tui.widgets.prose import Line, Prose, plain
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meterbase_tui.widgets.columns import Column, Slot

_STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "b",
    Tone.MUTED: "$foreground-muted",
    Tone.ACCENT: "$text-accent",
    Tone.SUCCESS: "$text-success",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "$text-error",
}
_WIDE = 100
"""From this width on, columns stand two cells apart."""
_INDENT = "  "


def draw_head(columns: Sequence[Column], width: int) -> Content:
    """The titles of the columns that have room."""
    return _join(columns, [Cell(column.title, Tone.MUTED) for column in columns], width)


def width_of(key: str, columns: Sequence[Column], width: int) -> int:
    """How wide a column is drawn; 0 where it has no room."""
    slots = place(columns, width, _gap(width))
    return next((slot.width for slot in slots if slot.column.key == key), 0)


def draw_lines(
    columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]], width: int
) -> list[Option]:
    """A line for each row; its cells are those of the columns, in their order."""
    return [Option(_join(columns, row, width), f"{at}") for at, row in enumerate(rows)]


def draw_paragraph(heading: Sequence[Cell], text: str) -> Prose:
    """A heading, and below it a visible text with all of its words."""
    head = Content("  ").join(draw_cell(cell) for cell in heading)
    return Prose([plain(head), Line(Content(_INDENT), Content(text))])


def draw_cell(cell: Cell) -> Content:
    """A cell outside of a table, whose text is visible already."""
    return _style(cell, cell.text)


def draw_remark(words: str) -> Option:
    """A line that stands for no record."""
    return Option(Content.assemble((words, "$foreground-muted")), disabled=True)


def _join(columns: Sequence[Column], cells: Sequence[Cell], width: int) -> Content:
    gap = _gap(width)
    parts = (_draw(cells[slot.index], slot) for slot in place(columns, width, gap))
    return Content(" " * gap).join(parts)


def _draw(cell: Cell, slot: Slot) -> Content:
    # Made visible once more: a mistake elsewhere must not get out here.
    return _style(cell, pad(visible(cell.text), slot.width, slot.column.align))


def _gap(width: int) -> int:
    return 2 if width >= _WIDE else 1


def _style(cell: Cell, text: str) -> Content:
    return Content.styled(text, _STYLES[cell.tone])
