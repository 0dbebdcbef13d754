"""Headers as lines of a text, those of a delivery and those of an application's answer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.widgets.prose import BLANK, Line, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.queries.details import Detail
    from store.records import Headers

_INDENT = 2
_SHOWN_VALUE = 2_000


def draw_headers(detail: Detail) -> Prose:
    """The request line and every header, as they came."""
    delivery = detail.delivery
    lines = [
        Line(
            Content.from_markup("[b]$method[/] ", method=visible(delivery.method, 40)),
            Content(visible(delivery.path, _SHOWN_VALUE)),
        ),
        BLANK,
    ]
    return Prose([*lines, *draw_header_lines(detail.content.headers, _SHOWN_VALUE)])


def draw_header_lines(headers: Headers, most: int, margin: str = "") -> Iterator[Line]:
    """A line for each header; the value stands below its name where it has no room beside it.

    Args:
        headers: as they came.
        most: how many characters of a value are shown.
        margin: what stands before each name.
    """
    for name, value in headers:
        label = Content.from_markup("[$text-accent]$name[/]: ", name=visible_bytes(name, 200))
        text = Content(visible_bytes(value, most))
        yield Line(Content(margin) + label, text, len(margin) + _INDENT)
