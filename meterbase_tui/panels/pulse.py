"""The pulse beside the status: deliveries a minute, accepted and refused, and answer times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from meterbase_tui.queries.activity import MINUTES, Pulse, draw_bars
from meterbase_tui.wording.values import duration

if TYPE_CHECKING:
    from textual import events

_BESIDE = 27
"""The cells beside the bars where accepted and refused have a line each."""
_ALL_BESIDE = 52
"""The same where all of it is in one line."""
_LEAST_BARS = 5


class PulsePanel(Static):
    """One row of bars for what was accepted and one for what was refused, each with its sign."""

    pulse: reactive[Pulse] = reactive(Pulse())

    def __init__(self) -> None:
        super().__init__(id="pulse", markup=False)

    def watch_pulse(self, pulse: Pulse) -> None:
        """Draws anew what changed."""
        self._show(pulse)

    def on_resize(self, event: events.Resize) -> None:
        """Takes the room that there is for bars."""
        del event
        self._show(self.pulse)

    def _show(self, pulse: Pulse) -> None:
        width, height = self.size
        if width:
            self.update(draw_pulse(pulse, width, lines=2 if height > 1 else 1), layout=False)


def draw_pulse(pulse: Pulse, width: int, *, lines: int) -> Content:
    """The bars that fit, in one line or two."""
    room = width - _BESIDE if lines > 1 else (width - _ALL_BESIDE) // 2
    bars = max(_LEAST_BARS, min(MINUTES, room))
    accepted = _row("✓", "$text-success", pulse.accepted[-bars:])
    refused = _row("✗", "$text-error", pulse.refused[-bars:])
    median, slowest = _time("p50", pulse.median_ms), _time("p99", pulse.slowest_ms)
    if lines > 1:
        return Content("\n").join((accepted + median, refused + slowest))
    return accepted + Content("  ") + refused + median + slowest


def _row(sign: str, colour: str, counts: tuple[int, ...]) -> Content:
    return Content.from_markup(
        f"[{colour}]{sign} $bars[/] [b]$now[/][$foreground-muted]/min[/]",
        bars=draw_bars(counts, max(counts)),
        now=f"{counts[-1]:,}".rjust(4),
    )


def _time(name: str, milliseconds: float | None) -> Content:
    words = "–" if milliseconds is None else duration(milliseconds)
    return Content.from_markup(f"  [$foreground-muted]{name}[/] $ms", ms=words.rjust(7))
