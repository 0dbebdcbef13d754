"""The burst as a picture: who acknowledges how many a second, and how long the slowest wait."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from benchmarks.contenders import CONTENDERS
from benchmarks.figures import OURS
from benchmarks.tables import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.figures import Results

_ROW, _TOP, _NAMES, _BARS, _GAP = 30, 78, 190, 250, 90
_WIDTH = _NAMES + 2 * _BARS + 2 * _GAP
_LABEL = 'role="img" aria-label="Acknowledgements a second and their p99, by server"'
_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.quiet { fill: #57606a } .title { font-weight: 600; font-size: 15px }
.ours text { font-weight: 600 }
rect { fill: #afb8c1 } .durable rect { fill: #6e7781 } .ours rect { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet { fill: #9198a1 }
  rect { fill: #3d444d } .durable rect { fill: #8b949e } .ours rect { fill: #4493f8 }
}
"""


def draw_plot(results: Results) -> str:
    """The plot as SVG, legible on a light page and on a dark one; empty when nothing is there."""
    rows = sorted(_rows(results), key=lambda row: -row[1])
    if not rows:
        return ""
    height = _TOP + _ROW * len(rows) + 34
    most = max(rate for _, rate, _ in rows)
    slowest = max(p99 for _, _, p99 in rows)
    quickest = min(p99 for _, _, p99 in rows)

    def times(p99: float) -> float:
        # From a half of the quickest, so that its bar can be seen.
        return math.log(2 * p99 / quickest) / math.log(2 * slowest / quickest)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_LABEL}>',
        f"<style>{_STYLE}</style>",
        _text(0, 20, "64 connections, as fast as they are answered", "title"),
        _text(_NAMES, 52, "acknowledged a second", "quiet"),
        _text(_NAMES + _BARS + _GAP, 52, "p99 in ms, on a logarithmic scale", "quiet"),
        *_bars(rows, lambda rate: rate / most, times),
        _text(0, height - 8, "Blue and dark grey: on disk before it is acknowledged.", "quiet"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(results: Results) -> Iterator[tuple[str, float, float]]:
    for each in CONTENDERS:
        rate, p99 = (results.median("burst", each.name, "64", name) for name in ("rate", "p99_ms"))
        if rate is not None and p99 is not None:
            yield each.name, rate, p99


def _bars(
    rows: Sequence[tuple[str, float, float]],
    rates: Callable[[float], float],
    times: Callable[[float], float],
) -> Iterator[str]:
    durable = {each.name for each in CONTENDERS if each.durable}
    for index, (name, rate, p99) in enumerate(rows):
        y = _TOP + _ROW * index
        kind = "ours" if name == OURS else "durable" if name in durable else "other"
        yield f'<g class="{kind}">'
        yield _text(0, y + 4, name.replace("`", ""))
        yield _bar(_NAMES, y, rates(rate), number(rate))
        yield _bar(_NAMES + _BARS + _GAP, y, times(p99), number(p99))
        yield "</g>"


def _bar(x: int, y: int, share: float, label: str) -> str:
    width = max(1.0, share * _BARS)
    bar = f'<rect x="{x}" y="{y - 9}" width="{width:.1f}" height="17" rx="2"/>'
    return bar + _text(x + width + 7, y + 4, label)


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{style}>{escape(words)}</text>'
