"""The lines of a comparison: a sign, a colour, the field, and what it was and is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import Line, Prose, plain
from meterbase_tui.wording.values import value
from receiver.contents.comparison import Difference, DifferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_DIFFERENCE = "no difference"
_SIGNS = {
    DifferenceKind.ADDED: ("+", "$text-success"),
    DifferenceKind.REMOVED: ("-", "$text-error"),
    DifferenceKind.CHANGED: ("~", "$text-warning"),
}
_MOST = 500


def draw_differences(differences: Sequence[Difference]) -> Prose:
    """One field a line; the first 500."""
    if not differences:
        return Prose([plain(Content("No field differs."))])
    lines = list(_lines(differences[:_MOST]))
    if len(differences) > _MOST:
        lines.append(plain(Content(f"… and {len(differences) - _MOST:,} more")))
    return Prose(lines)


def count_differences(differences: Sequence[Difference]) -> str:
    """How many there are of each kind."""
    parts = []
    for kind in DifferenceKind:
        number = sum(each.kind is kind for each in differences)
        if number:
            parts.append(f"{number} {kind.value}")
    return ", ".join(parts) or NO_DIFFERENCE


def _lines(differences: Sequence[Difference]) -> Iterator[Line]:
    width = min(44, max(len(visible(each.path, 200)) for each in differences))
    for each in differences:
        sign, colour = _SIGNS[each.kind]
        path = visible(each.path or "the whole", 200).ljust(width)
        values = Content("")
        if each.kind is not DifferenceKind.ADDED:
            values += Content.from_markup("[$text-error]$old[/]", old=value(each.before))
        if each.kind is DifferenceKind.CHANGED:
            values += Content.from_markup(" [$foreground-muted]→[/] ")
        if each.kind is not DifferenceKind.REMOVED:
            values += Content.from_markup("[$text-success]$new[/]", new=value(each.after))
        yield Line(Content.from_markup(f"[{colour} b]{sign}[/] $path  ", path=path), values)
