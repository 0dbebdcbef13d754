"""The pulse beside the status: deliveries a minute, accepted and refused, and answer times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from meterbase_tui.activity import MINUTES, Pulse, draw_bars
from meterbase_tui.formats import duration

if TYPE_CHECKING:
    from textual import events

_LABELS = 34
"""What stands beside the bars in one line of two."""
_ONE_LINE = 60
"""The same where all of it is in one line."""


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
            self.update(draw_pulse(pulse, width, lines=2 if height > 1 else 1))


def draw_pulse(pulse: Pulse, width: int, *, lines: int) -> Content:
    """The bars that fit, in one line or two."""
    bars = max(5, min(MINUTES, width - _LABELS if lines > 1 else (width - _ONE_LINE) // 2))
    accepted = _row("✓", "$text-success", pulse.accepted, "a minute", bars)
    refused = _row("✗", "$text-error", pulse.refused, "refused", bars)
    if lines > 1:
        median, slowest = _time("p50", pulse.median_ms), _time("p99", pulse.slowest_ms)
        return Content("\n").join((accepted + median, refused + slowest))
    both = Content.from_markup(
        "[$foreground-muted]answers[/] $median [$foreground-muted]p99[/] $slowest",
        median=_duration(pulse.median_ms),
        slowest=_duration(pulse.slowest_ms),
    )
    return Content("  ").join((accepted, refused, both))


def _row(sign: str, colour: str, counts: tuple[int, ...], word: str, bars: int) -> Content:
    most = max(counts[-bars:])
    return Content.from_markup(
        f"[{colour}]{sign} $bars[/] [b]$now[/] [$foreground-muted]{word}[/]",
        bars=draw_bars(counts[-bars:], most),
        now=f"{counts[-1]:,}".rjust(4),
    )


def _time(name: str, milliseconds: float | None) -> Content:
    pad = " " * (9 - len("a minute" if name == "p50" else "refused"))
    return Content.from_markup(
        f"{pad} [$foreground-muted]{name}[/] $ms", ms=_duration(milliseconds).rjust(8)
    )


def _duration(milliseconds: float | None) -> str:
    return "–" if milliseconds is None else duration(milliseconds)
