"""Lines of a sheet at a width: broken where they are too long, coloured where they are seen."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from meterbase_tui.text import breaks
from meterbase_tui.widgets.layout import MATCHES_AT_MOST, Ink, Line, Span
from meterbase_tui.widgets.sheet import LineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.widgets.sheet import Sheet

_INDENT = 2
_HANGING = 2
"""Cells by which the rows of a broken line stand further in than its first."""

_CACHED_LINES = 500

_TOKEN = re.compile(
    r"(?P<string>\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"?)(?P<key>(?=[ \t]*:))?"
    r"|(?P<number>-?[0-9][-+.0-9eE]*+)"
    r"|(?P<literal>true|false|null)"
    r"|(?P<punctuation>[{}\[\],:]+)"
)


def lex(text: str, start: int, end: int) -> Iterator[Span]:
    """The tokens of a line of JSON text with their inks; white space has none."""
    for match in _TOKEN.finditer(text, start, end):
        yield Span(match.start(), match.end(), Ink(match.lastgroup or Ink.PLAIN))


class TextLayout:
    """A sheet in rows of at most `width` cells; positions are places in the sheet's text."""

    def __init__(self, sheet: Sheet, width: int) -> None:
        self._sheet = sheet
        self._width = max(1, width)
        self._ascii = sheet.text.isascii()
        self._first_rows = array("L")
        self._breaks: dict[int, list[int]] = {}
        self._inks: dict[int, list[Span]] = {}
        self.rows = self._count_rows()

    def _count_rows(self) -> int:
        """Where each line begins; a line of ASCII needs no look at its characters."""
        sheet, rows = self._sheet, 0
        for line, (start, end) in enumerate(zip(sheet.starts, sheet.ends, strict=True)):
            self._first_rows.append(rows)
            room = self._room(line)
            if end - start <= room // 2:
                rows += 1
            elif self._ascii or sheet.text[start:end].isascii():
                rows += -(-(end - start) // self._piece(end - start, room))
            else:
                rows += self._break(line, sheet.text[start:end], room)
        return rows

    def _break(self, line: int, text: str, room: int) -> int:
        ends = breaks(text, room)
        if len(ends) > 1:
            ends = breaks(text, max(1, room - _HANGING))
        self._breaks[line] = ends
        return len(ends)

    def _indent(self, line: int) -> int:
        """Deep lines stop moving to the right at half the width."""
        return min(_INDENT * self._sheet.depths[line], self._width // 2)

    def _room(self, line: int) -> int:
        return self._width - self._indent(line)

    @staticmethod
    def _piece(length: int, room: int) -> int:
        """How much of a line of ASCII goes on one row; all of it, or what leaves it hanging."""
        return room if length <= room else max(1, room - _HANGING)

    def _bounds(self, row: int) -> tuple[int, int, int]:
        """The line of a row, and the part of the text that stands in it."""
        line = self.line_of(row)
        part, start, end = row - self._first_rows[line], *self._line(line)
        if line in self._breaks:
            ends = self._breaks[line]
            return line, start + (ends[part - 1] if part else 0), start + ends[part]
        piece = self._piece(end - start, self._room(line))
        return line, start + part * piece, min(end, start + (part + 1) * piece)

    def _line(self, line: int) -> tuple[int, int]:
        return self._sheet.starts[line], self._sheet.ends[line]

    def line_of(self, row: int) -> int:
        """The line of the sheet of which a row is a part."""
        return bisect_right(self._first_rows, row) - 1

    def first_row(self, line: int) -> int:
        """The first row of a line; that of the line after the last is the number of rows."""
        return self._first_rows[line] if line < len(self._first_rows) else self.rows

    def row(self, index: int) -> Line:
        """One row, with the inks of its part of the line."""
        line, start, end = self._bounds(index)
        spans = [
            Span(max(span.start, start) - start, min(span.end, end) - start, span.ink)
            for span in self._ink(line)
            if span.start < end and span.end > start
        ]
        continued = index > self._first_rows[line]
        indent = self._indent(line) + (_HANGING if continued else 0)
        return Line(self._sheet.text[start:end], spans, indent, continued)

    def _ink(self, line: int) -> list[Span]:
        if len(self._inks) > _CACHED_LINES:
            self._inks.clear()
        if line not in self._inks:
            self._inks[line] = list(self._lex(line))
        return self._inks[line]

    def _lex(self, line: int) -> Iterator[Span]:
        start, end = self._line(line)
        kind = self._sheet.kinds[line]
        if kind == LineKind.NOTE:
            yield Span(start, end, Ink.NOTE)
        elif kind == LineKind.JSON:
            yield from lex(self._sheet.text, start, end)

    def row_of(self, position: int) -> int:
        """The row in which a place in the text is."""
        line = max(0, bisect_right(self._sheet.starts, position) - 1)
        start, end = self._line(line)
        within = min(position, max(start, end - 1)) - start
        if line in self._breaks:
            return self._first_rows[line] + bisect_right(self._breaks[line], within)
        return self._first_rows[line] + within // self._piece(end - start, self._room(line))

    def position_of(self, row: int) -> int:
        """The first place in a row."""
        return self._bounds(row)[1]

    def columns(self, row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The part of a row between two places in the text."""
        _, first, last = self._bounds(row)
        if start < last and end > first:
            yield max(start, first) - first, min(end, last) - first

    def find(self, term: str) -> list[tuple[int, int]]:
        """Where a term is in the text as it is shown, never across the end of a line."""
        flags = re.NOFLAG if term != term.lower() else re.IGNORECASE
        found = re.finditer(re.escape(term), self._sheet.text, flags)
        return [match.span() for match in islice(found, MATCHES_AT_MOST)]
