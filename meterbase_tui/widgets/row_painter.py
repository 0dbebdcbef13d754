"""Draws the header and the rows of a table from cells, slots and styles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from meterbase_tui.text import pad, visible
from meterbase_tui.widgets.columns import Column, Slot, place
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style

    from meterbase_tui.widgets.rows import Row

_WIDE = 100
"""From this width on, columns stand two cells apart."""

_MARGIN_FROM = 40
"""From this width on, a cell stays free before the scrollbar."""

_NOTHING = Cell("")
_NOT_YET = Cell("·", Tone.MUTED)


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands in the gutter of a row; without colours it is all that tells rows apart."""

    cursor: bool = False
    focus: bool = False
    marked: bool = False

    def drawn(self, width: int) -> str:
        """The gutter in so many cells, of which the last stays free."""
        bar = ("▌" if self.focus else "▏") if self.cursor else " "
        return pad(bar + ("●" if self.marked else ""), width)


class RowPainter:
    """Knows where the columns stand at a width, and draws in them."""

    def __init__(self, columns: Sequence[Column], width: int, *, markable: bool = False) -> None:
        self.width = width
        self._gutter = min(width, 3 if markable else 2)
        self._gap = 2 if width >= _WIDE else 1
        self._margin = 1 if width >= _MARGIN_FROM else 0
        room = width - self._gutter - self._margin
        self.slots: tuple[Slot, ...] = place(columns, room, self._gap)

    def header(self, style: Style) -> Strip:
        """The titles of the columns."""
        titles = [
            pad(visible(slot.column.title), slot.width, slot.column.align) for slot in self.slots
        ]
        line = " " * self._gutter + (" " * self._gap).join(titles)
        return Strip([Segment(pad(line, self.width), style)], self.width)

    def row(self, row: Row | None, signs: Signs, style: Callable[[Tone], Style]) -> Strip:
        """A row, or dots where its cells have not come yet.

        Its text is made visible once more: a mistake elsewhere must not get out here. What is
        beside a cell is drawn with it, and cells of one tone together: each change of colour is
        thirty bytes to the terminal.
        """
        pieces = [(Tone.ACCENT, signs.drawn(self._gutter))]
        room = self.width - self._gutter
        reached = 0
        for at, slot in enumerate(self.slots):
            if slot.index < reached:
                continue
            cell = _cell(row, slot.index)
            reached = slot.index + cell.span
            width = self._width_until(reached, at)
            text = pad(_fitting(cell, width), width, slot.column.align)
            beside = min(self._gap, room - width)
            room -= width + beside
            pieces.append((cell.tone, text + " " * beside))
        pieces.append((pieces[-1][0], " " * room))
        segments = [
            Segment("".join(text for _, text in alike), style(tone))
            for tone, alike in groupby(pieces, key=itemgetter(0))
        ]
        return Strip(segments, self.width)

    def _width_until(self, index: int, at: int) -> int:
        """The cells from a slot to that before a column, with the gaps between them."""
        widths = [slot.width for slot in self.slots[at:] if slot.index < index]
        return sum(widths) + self._gap * (len(widths) - 1)


def _fitting(cell: Cell, width: int) -> str:
    text = visible(cell.text)
    return visible(cell.brief) if cell.brief and cell_len(text) > width else text


def _cell(row: Row | None, index: int) -> Cell:
    if row is None:
        return _NOT_YET
    return row.cells[index] if index < len(row.cells) else _NOTHING
