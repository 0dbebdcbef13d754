"""What an empty table says: what would be here, and which key or command brings it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment

from meterbase_tui.text import cut, pad, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style


_MARGIN = 2
"""Cells on either side of hints that are as long as a line."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to do next: the key or command, and what it does."""

    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """A title and hint lines, drawn in the middle of the window."""

    title: str
    hints: tuple[Hint, ...] = ()


def draw_empty(
    empty: Empty, y: int, width: int, height: int, style: Callable[[str], Style]
) -> list[Segment]:
    """Draws one line of the message in a window.

    The keys of the hints stand one below the other. Where the window is too low for all of it,
    the title comes first.

    Args:
        empty: The message.
        y: The line of the window.
        width: The cells of the line.
        height: The lines of the window.
        style: Gives the style of "title", "key" and "hint".
    """
    lines = 1 + (1 + len(empty.hints) if empty.hints else 0)
    line = y - max(0, (height - lines) // 2)
    if line == 0:
        return [Segment(pad(visible(empty.title), width, "center"), style("title"))]
    if not 2 <= line < lines:  # noqa: PLR2004
        return []
    return _draw_hint(empty.hints, line - 2, width, style)


def _draw_hint(
    hints: tuple[Hint, ...], index: int, width: int, style: Callable[[str], Style]
) -> list[Segment]:
    keys = max(cell_len(visible(hint.key)) for hint in hints)
    texts = max(cell_len(visible(hint.text)) for hint in hints)
    gap = 2 if texts else 0
    block = min(max(keys, width - 2 * _MARGIN), keys + gap + texts, width)
    key = pad(visible(hints[index].key), min(keys, block))
    text = cut(visible(hints[index].text), block - min(keys, block) - gap)
    return [
        Segment(" " * ((width - block) // 2), style("hint")),
        Segment(key, style("key")),
        Segment(" " * gap + text, style("hint")),
    ]
