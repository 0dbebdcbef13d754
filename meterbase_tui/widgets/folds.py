"""Which lines of a sheet are a block of JSON, and a layout in which some blocks are one row. Pure.

A block is told by the depths of its lines alone: nothing is read as JSON, so a payload that is cut
off or broken folds as far as it goes.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meterbase_tui.widgets.layout import Ink, Span
from meterbase_tui.widgets.sheet import LineKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from meterbase_tui.widgets.layout import Line
    from meterbase_tui.widgets.sheet import Sheet
    from meterbase_tui.widgets.text_layout import TextLayout

_CLOSING = ("}", "]")


@dataclass(frozen=True, slots=True)
class Block:
    """An object or an array that takes several lines."""

    first: int
    """The line that opens it."""
    last: int
    """The line that closes it, or the last that there is of it."""
    closing: str
    """What the last line says, a comma included; empty when the payload ends within."""
    label: str
    """How much is in it: `12 fields`, `1 item`; with a plus when the payload ends within."""


def block_at(sheet: Sheet, line: int) -> Block | None:
    """The block that a line opens; None if it opens none.

    Looks at each line of the block once.
    """
    if not _opens(sheet, line):
        return None
    depths, count, end = sheet.depths, 0, line + 1
    inner = depths[line] + 1
    while end < len(depths) and depths[end] >= inner:
        count += depths[end] == inner and not _closes(sheet, end)
        end += 1
    closed = end < len(depths) and depths[end] == depths[line] and _closes(sheet, end)
    name = "field" if sheet.text[sheet.ends[line] - 1] == "{" else "item"
    label = f"{count:,}{'' if closed else '+'} {name}{'' if count == 1 and closed else 's'}"
    closing = sheet.text[sheet.starts[end] : sheet.ends[end]] if closed else ""
    return Block(line, end if closed else end - 1, closing, label)


def block_around(sheet: Sheet, line: int) -> int | None:
    """The line that opens the innermost block which a line opens, closes or is in."""
    if _opens(sheet, line):
        return line
    if sheet.kinds[line] != LineKind.JSON:
        return None
    depth = sheet.depths[line] - (not _closes(sheet, line))
    for before in range(line - 1, -1, -1):
        if sheet.depths[before] <= depth:
            return before if _opens(sheet, before) else None
    return None


def blocks_around(sheet: Sheet, line: int) -> Iterator[int]:
    """The lines that open the blocks which can hide a line, the innermost first."""
    depth = sheet.depths[line]
    if _closes(sheet, line):
        depth += 1
    for before in range(line - 1, -1, -1):
        if depth == 0:
            return
        if sheet.depths[before] < depth and _opens(sheet, before):
            depth = sheet.depths[before]
            yield before


def inner_blocks(sheet: Sheet) -> set[int]:
    """The lines that open a block below the top level."""
    depths = sheet.depths
    return {line for line in range(len(depths) - 1) if 0 < depths[line] < depths[line + 1]}


def _opens(sheet: Sheet, line: int) -> bool:
    """Whether what follows is deeper: an empty object stays on its line."""
    depths = sheet.depths
    return line + 1 < len(depths) and depths[line + 1] > depths[line]


def _closes(sheet: Sheet, line: int) -> bool:
    is_json = sheet.kinds[line] == LineKind.JSON
    return is_json and sheet.text.startswith(_CLOSING, sheet.starts[line])


class FoldedLayout:
    """A layout without the rows of folded blocks, but for the row that opens each.

    Positions are those of the sheet, so a search finds what is folded too; `row_of` gives the row
    that stands for it.
    """

    def __init__(self, sheet: Sheet, base: TextLayout, folded: Collection[int]) -> None:
        self._base = base
        self._blocks: list[Block] = []
        self._hidden_from: list[int] = []
        self._hidden_to: list[int] = []
        self._shown_from: list[int] = []
        """By fold: the row that comes after it, here."""
        self._lost = [0]
        """How many rows the first so many folds take away."""
        end = -1
        for line in sorted(folded):
            block = block_at(sheet, line) if end < line < len(sheet.depths) else None
            if block is not None:
                end = block.last
                self._fold(block)
        self.rows = base.rows - self._lost[-1]

    def _fold(self, block: Block) -> None:
        start, stop = self._base.first_row(block.first + 1), self._base.first_row(block.last + 1)
        self._blocks.append(block)
        self._hidden_from.append(start)
        self._hidden_to.append(stop)
        self._shown_from.append(start - self._lost[-1])
        self._lost.append(self._lost[-1] + stop - start)

    def _below(self, row: int) -> int:
        """The row of the layout below that is shown as a row."""
        return row + self._lost[bisect_right(self._shown_from, row)]

    def _above(self, row: int) -> int:
        """The row here that shows, or stands for, a row of the layout below."""
        fold = bisect_right(self._hidden_from, row) - 1
        if fold >= 0 and row < self._hidden_to[fold]:
            return self._shown_from[fold] - 1
        return row - self._lost[fold + 1]

    def line_of(self, row: int) -> int:
        """The line of the sheet of which a row is a part."""
        return self._base.line_of(self._below(row))

    def row(self, index: int) -> Line:
        """One row; that of a folded block says how much is in it."""
        line = self._base.row(self._below(index))
        fold = bisect_right(self._shown_from, index + 1) - 1
        if fold < 0 or self._shown_from[fold] != index + 1:
            return line
        return _with_label(line, self._blocks[fold])

    def row_of(self, position: int) -> int:
        """The row in which a place in the text is, or which stands for it."""
        return self._above(self._base.row_of(position))

    def position_of(self, row: int) -> int:
        """The first place in a row."""
        return self._base.position_of(self._below(row))

    def columns(self, row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The part of a row between two places in the text."""
        return self._base.columns(self._below(row), start, end)

    def find(self, term: str) -> list[tuple[int, int]]:
        """Where a term is, in what is folded too."""
        return self._base.find(term)


def _with_label(line: Line, block: Block) -> Line:
    text = f"{line.text}…{block.closing} {block.label}"
    dots, label = len(line.text), len(text) - len(block.label)
    spans: Sequence[Span] = (
        *line.spans,
        Span(dots, dots + 1, Ink.NOTE),
        Span(dots + 1, label - 1, Ink.PUNCTUATION),
        Span(label, len(text), Ink.NOTE),
    )
    return replace(line, text=text, spans=spans)
