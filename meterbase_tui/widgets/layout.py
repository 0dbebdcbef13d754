"""What a layout of a payload at a width offers to the view that draws it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MATCHES_AT_MOST = 10_000
"""A search stops counting here."""


class Ink(StrEnum):
    """What a piece of a payload is, which the theme turns into a colour."""

    PLAIN = "plain"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    PUNCTUATION = "punctuation"
    MUTED = "muted"
    NOTE = "note"
    CONTROL = "control"


class Span(NamedTuple):
    """A piece of a row in one ink."""

    start: int
    end: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the screen."""

    text: str
    spans: Sequence[Span]
    indent: int = 0
    continued: bool = False
    """Whether it goes on with the line above, which was too long for the screen."""


class Layout(Protocol):
    """A payload in rows of the screen; a position is a place in it that a search can find."""

    @property
    def rows(self) -> int:
        """How many rows there are."""

    def row(self, index: int) -> Line:
        """One of them."""

    def row_of(self, position: int) -> int:
        """The row in which a position is."""

    def position_of(self, row: int) -> int:
        """The first position in a row."""

    def columns(self, row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of a row's text that the positions from `start` to `end` cover."""

    def find(self, term: str) -> list[tuple[int, int]]:
        """Where a term is, from first to last: the positions at which it starts and ends.

        Upper and lower case are told apart only if the term has upper case. At most
        `MATCHES_AT_MOST` places.
        """
