"""Bytes as they are: offset, hexadecimal digits, and the printable ones as text."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from meterbase_tui.widgets.layout import MATCHES_AT_MOST, Ink, Line, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFFSET = 10
"""Eight digits and two spaces."""

_BYTES_A_ROW = (16, 8, 4)
_PRINTABLE = range(0x20, 0x7F)


class HexLayout:
    """Bytes in rows of 16, or fewer where the width asks for it; positions are offsets.

    A row is made when it is seen, so the size of the body does not matter.
    """

    def __init__(self, body: bytes, width: int) -> None:
        self._body = body
        fitting = (n for n in _BYTES_A_ROW if self._text_column(n) + n <= width)
        self._per_row = next(fitting, _BYTES_A_ROW[-1])
        self.rows = -(-len(body) // self._per_row)

    @staticmethod
    def _digits_column(index: int) -> int:
        """The column of a byte's digits; there is a gap after eight."""
        return _OFFSET + 3 * index + index // 8

    @classmethod
    def _text_column(cls, per_row: int) -> int:
        return cls._digits_column(per_row - 1) + 2 + 2

    def row(self, index: int) -> Line:
        """One row."""
        start = index * self._per_row
        part = self._body[start : start + self._per_row]
        groups = [part[i : i + 8].hex(" ") for i in range(0, len(part), 8)]
        digits = f"{start:08x}  " + "  ".join(groups)
        text = "".join(chr(byte) if byte in _PRINTABLE else "·" for byte in part)
        spans = [Span(0, _OFFSET, Ink.MUTED)]
        for place, byte in enumerate(part):
            spans += (Span(*columns, _ink(byte)) for columns in self._places(place))
        return Line(digits.ljust(self._text_column(self._per_row)) + text, spans)

    def _places(self, place: int) -> Iterator[tuple[int, int]]:
        """Where a byte of a row stands: its digits, and its character."""
        digits = self._digits_column(place)
        yield digits, digits + 2
        text = self._text_column(self._per_row) + place
        yield text, text + 1

    def row_of(self, position: int) -> int:
        """The row in which a byte is."""
        return max(0, min(position // self._per_row, self.rows - 1))

    def position_of(self, row: int) -> int:
        """The first byte of a row."""
        return row * self._per_row

    def columns(self, row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the bytes between two offsets stand in a row."""
        first = row * self._per_row
        beyond = min(end, first + self._per_row, len(self._body))
        for position in range(max(start, first), beyond):
            yield from self._places(position - first)

    def find(self, term: str) -> list[tuple[int, int]]:
        """Where the bytes of a term are."""
        flags = re.NOFLAG if term != term.lower() else re.IGNORECASE
        wanted = re.escape(term.encode("utf-8", "surrogatepass"))
        found = re.finditer(wanted, self._body, flags)
        return [match.span() for match in islice(found, MATCHES_AT_MOST)]


def _ink(byte: int) -> Ink:
    if byte in _PRINTABLE:
        return Ink.PLAIN
    if not byte:
        return Ink.MUTED
    return Ink.CONTROL if byte < _PRINTABLE.stop + 1 else Ink.STRING
