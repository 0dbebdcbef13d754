"""The columns of a table, and how they share a width: pure arithmetic, no terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.text import Align


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; widths are in cells, without the gap between columns."""

    key: str
    title: str
    width: int
    """Of a fixed column its width, of a flexible one the least it can do with."""
    share: int = 0
    """How much of the spare width it takes, against the shares of others; 0 is a fixed column."""
    max_width: int | None = None
    """What a flexible column never exceeds; what it leaves goes to the others."""
    align: Align = "left"
    priority: int = 0
    """On a narrow screen the lowest goes first; of equals, the one further to the right."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.share < 0:
            raise ValueError(f"Column {self.key!r} needs a width of 1 or more and a share of 0 up.")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column stands: `index` is its place in the table, and in a row's cells."""

    index: int
    column: Column
    width: int


def place(columns: Sequence[Column], width: int, gap: int) -> tuple[Slot, ...]:
    """Shares a width among columns, from left to right.

    Args:
        columns: All columns of a table, in order.
        width: The cells there are, gaps included.
        gap: The cells between two columns.

    Returns:
        The columns that have room. One always stays, as narrow as it must be; with a width of
        nothing there is none.
    """
    if width <= 0 or not columns:
        return ()
    kept = _fitting(columns, width, gap)
    spare = max(0, width - _needed(columns, kept, gap))
    extra = _shared_out({i: columns[i] for i in kept if columns[i].share}, spare)
    return tuple(Slot(i, columns[i], min(width, columns[i].width + extra.get(i, 0))) for i in kept)


def _needed(columns: Sequence[Column], kept: Sequence[int], gap: int) -> int:
    return sum(columns[i].width for i in kept) + gap * (len(kept) - 1)


def _fitting(columns: Sequence[Column], width: int, gap: int) -> list[int]:
    """Drops columns until the rest fits."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept, gap) > width:
        kept.remove(min(kept, key=lambda i: (columns[i].priority, -i)))
    return kept


def _shared_out(flexible: dict[int, Column], spare: int) -> dict[int, int]:
    """How many cells more each flexible column gets; a column at its maximum leaves the rest."""
    extra: dict[int, int] = {}
    while flexible and spare:
        shares = sum(column.share for column in flexible.values())
        wanted = {i: spare * column.share // shares for i, column in flexible.items()}
        full = {
            i: column.max_width - column.width
            for i, column in flexible.items()
            if column.max_width is not None and column.max_width - column.width <= wanted[i]
        }
        if not full:
            rest = spare - sum(wanted.values())
            extra |= {i: cells + (n < rest) for n, (i, cells) in enumerate(wanted.items())}
            break
        extra |= full
        spare -= sum(full.values())
        flexible = {i: column for i, column in flexible.items() if i not in full}
    return extra
