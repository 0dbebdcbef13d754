"""Whether all that is written on a screen can be read: each text beside its ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color

from meterbase_tui.terminal.themes import CONTRAST
from tests.unit.meterbase_tui.test_themes import contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.segment import Segment
    from textual.theme import Theme

    from tests.integration.screen.conftest import Display


def expect_legible(display: Display, theme: Theme) -> None:
    """Holds every word of the screen on top to WCAG's 4.5 to 1, in the high contrast to 7."""
    least = 7.0 if theme is CONTRAST else 4.5
    assert [text for text, ratio in _texts(display) if ratio < least] == []


def _texts(display: Display) -> Iterator[tuple[str, float]]:
    for segment in _segments(display):
        style, text = segment.style, segment.text.strip()
        if style is None or style.color is None or style.bgcolor is None or not _is_written(text):
            continue
        front, ground = style.color.triplet, style.bgcolor.triplet
        if front is not None and ground is not None:
            yield text, contrast(Color(*front), Color(*ground))


def _segments(display: Display) -> Iterator[Segment]:
    """Of a dialog its own: what lies below is dimmed on purpose."""
    screen = display.app.screen
    part = screen.children[0].region if screen.is_modal else screen.region
    strips = screen._compositor.render_strips()
    for strip in strips[part.y : part.bottom]:
        yield from strip.crop(part.x, part.right)


def _is_written(text: str) -> bool:
    return any(char.isalnum() for char in text)
