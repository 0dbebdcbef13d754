"""Draws a row of a payload: its inks, and what a search marks in it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from meterbase_tui.widgets.layout import Ink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.style import Style

    from meterbase_tui.widgets.layout import Line
    from meterbase_tui.widgets.search import Mark

GUTTER = 2
"""Cells before the text; a sign in them says that a row goes on with the line above."""


def draw_line(line: Line, marks: Iterable[Mark], style: Callable[..., Style]) -> Strip:
    """Draws a row.

    Args:
        line: The row.
        marks: What a search marks in it.
        style: Gives the style of parts laid over one another: an ink, "match", "current-match".
    """
    parts: list[tuple[str, ...]] = [(Ink.PLAIN,)] * len(line.text)
    for span in line.spans:
        parts[span.start : span.end] = [(span.ink,)] * (span.end - span.start)
    for mark in marks:
        over = "current-match" if mark.current else "match"
        for place in range(mark.start, mark.end):
            parts[place] = (parts[place][0], over)
    sign = "↪" if line.continued else " "
    segments = [
        Segment(sign.ljust(GUTTER), style(Ink.MUTED)),
        Segment(" " * line.indent, style(Ink.PLAIN)),
    ]
    place = 0
    for names, group in groupby(parts):
        end = place + sum(1 for _ in group)
        segments.append(Segment(line.text[place:end], style(*names)))
        place = end
    return Strip(segments)
