"""A search in a payload: the term, the places where it is, and the one that is current."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.widgets.layout import Layout


class Mark(NamedTuple):
    """A part of a row that a search found."""

    start: int
    end: int
    current: bool


class Search:
    """What is looked for, and where it is; nothing while the term is empty."""

    def __init__(self) -> None:
        self.term = ""
        self._matches: list[tuple[int, int]] = []
        self._current = 0
        self._origin = 0

    def __len__(self) -> int:
        return len(self._matches)

    @property
    def number(self) -> int:
        """The current match, counted from 1; 0 if there is none."""
        return self._current + 1 if self._matches else 0

    @property
    def position(self) -> int | None:
        """Where the current match begins."""
        return self._matches[self._current][0] if self._matches else None

    def begin(self, term: str, layout: Layout, origin: int) -> None:
        """Looks for a term; the first match from `origin` on is current.

        While a term grows letter by letter, `origin` is where the first letter was typed.
        """
        if not self.term:
            self._origin = origin
        self.term = term
        self.renew(layout, self._origin)

    def renew(self, layout: Layout, origin: int) -> None:
        """Looks again, after what is shown has changed."""
        self._matches = layout.find(self.term) if self.term else []
        at = bisect_left(self._matches, (origin, 0))
        self._current = at if at < len(self._matches) else 0

    def step(self, matches: int) -> None:
        """Goes some matches on or back, and round at the ends."""
        if self._matches:
            self._current = (self._current + matches) % len(self._matches)

    def marks(self, layout: Layout, row: int) -> Iterator[Mark]:
        """What to mark in a row."""
        if not self._matches:
            return
        first = layout.position_of(row)
        index = max(0, bisect_left(self._matches, (first, 0)) - 1)
        beyond = layout.position_of(row + 1) if row + 1 < layout.rows else None
        while index < len(self._matches):
            start, end = self._matches[index]
            if beyond is not None and start >= beyond:
                return
            for left, right in layout.columns(row, start, end):
                yield Mark(left, right, index == self._current)
            index += 1
