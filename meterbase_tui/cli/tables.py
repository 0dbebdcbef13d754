"""Tables for people: aligned, and no wider than the terminal."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from meterbase_tui.text import pad
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.text import Align

_GAP = 2
_WIDEST = 80
_WIDEST_WORDS = 100
"""Longer lines of a sentence are hard to read."""
_LEAST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as wide as its cells where there is room for that."""

    title: str
    priority: int = 5
    """Where there is no room for all, the lowest goes first; of equals, the one on the right."""
    least: int = 10
    """Cells that it is not cut below."""
    align: Align = "left"


def print_table(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> None:
    """Prints a header and rows. On a terminal, columns are cut or left out until they fit."""
    header = [Cell(column.title, Tone.MUTED) for column in columns]
    natural = [
        _natural(column, cells)
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    widths = fit(columns, natural, console.width)
    for row in (header, *rows):
        line: list[Cell] = []
        for column, cell, width in zip(columns, row, widths, strict=True):
            if width:
                # Off a terminal nothing is cut: the line is as long as its texts.
                whole = console.width is None and cell_len(cell.text) > width
                text = cell.text if whole else pad(cell.text, width, column.align)
                line.append(Cell(text, cell.tone))
                line.append(Cell(" " * _GAP))
        console.cells(line[:-1])


def print_facts(console: Console, facts: Sequence[tuple[str, Cell]]) -> None:
    """Prints names and values below each other; what has no value is left out."""
    told = [(name, cell) for name, cell in facts if cell.text]
    width = max((cell_len(name) for name, _ in told), default=0)
    margin = _GAP + width + _GAP
    for name, cell in told:
        label = pad(name, width)
        for line in wrap(cell.text, margin, console.width):
            before = Cell(f"{' ' * _GAP}{label}{' ' * _GAP}", Tone.MUTED)
            console.cells([before, Cell(line, cell.tone)], whole=True)
            label = " " * width


def wrap(text: str, margin: int, width: int | None) -> list[str]:
    """Visible text in lines that fit beside what stands before it.

    Args:
        text: the text; an address or a command in it stays in one piece, to be copied.
        margin: cells before each line.
        width: cells of the terminal; None where nobody looks at columns, and it stays whole.
    """
    if width is None:
        return [text]
    room = max(_LEAST_WORDS, min(width, _WIDEST_WORDS) - margin)
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


def fit(columns: Sequence[Column], natural: Sequence[int], available: int | None) -> list[int]:
    """The widths of columns, in cells; a column of none is left out.

    Args:
        columns: what may be cut, and how far.
        natural: the widths that the columns would like to have; an empty column has none.
        available: cells of a line, gaps included; None allows any, but one long text in a row
            must not pad all the others.
    """
    if available is None:
        return [min(width, _WIDEST) for width in natural]
    least = [min(width, column.least) for column, width in zip(columns, natural, strict=True)]
    kept = _affordable(columns, least, available)
    widths = {index: natural[index] for index in kept}
    excess = sum(widths.values()) + _GAP * (len(kept) - 1) - available
    while excess > 0:
        cuttable = [index for index in kept if widths[index] > least[index]]
        if not cuttable:
            break
        widths[max(cuttable, key=widths.__getitem__)] -= 1
        excess -= 1
    return [widths.get(index, 0) for index in range(len(columns))]


def _natural(column: Column, cells: Sequence[Cell]) -> int:
    """The width that a column would like to have; nothing for one that is empty in every row."""
    widest = max(cell_len(cell.text) for cell in cells)
    return max(widest, cell_len(column.title)) if widest else 0


def _affordable(columns: Sequence[Column], least: Sequence[int], available: int) -> list[int]:
    kept = [index for index, width in enumerate(least) if width]
    while len(kept) > 1 and sum(least[i] for i in kept) + _GAP * (len(kept) - 1) > available:
        kept.remove(min(kept, key=lambda index: (columns[index].priority, -index)))
    return kept
