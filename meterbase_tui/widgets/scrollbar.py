"""Where the thumb of a drawn scrollbar stands, and where a click on it leads."""

from __future__ import annotations


def thumb(total: int, height: int, first: int) -> range:
    """The cells of the thumb, of at least one cell, on a track as high as the window.

    It touches an end of the track only when the window is at that end.

    Args:
        total: How many lines there are.
        height: How many of them the window shows; the track has as many cells.
        first: The line at the top of the window.

    Returns:
        The cells of the track that the thumb covers; none when everything is in view.
    """
    if total <= height or height <= 0:
        return range(0)
    size = max(1, height * height // total)
    room, last = height - size, total - height
    start = min(room, round(room * first / last))
    if 0 < first < last and room > 1:
        start = min(max(start, 1), room - 1)
    return range(start, start + size)


def line_at(total: int, height: int, cell: int) -> int:
    """The line at the top of the window that a click on a cell of the track asks for."""
    last = max(0, total - height)
    return min(last, max(0, round(last * cell / max(1, height - 1))))
