"""The inspector's text about forwarding: what each target answered. Pure.

Foreign text enters only as a variable of a template and after `visible`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.widgets.prose import BLANK, Line, Prose, plain
from meterbase_tui.wording.header_lines import draw_header_lines
from meterbase_tui.wording.values import TOO_SLOW_MS, duration, local_instant
from store.forwarding.forward_records import ForwardState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meterbase_tui.queries.details import ForwardDetail
    from store.forwarding.forward_records import ForwardAttempt

_SHOWN = 4_000
_MARGIN = "  "
_SIGNS = {
    ForwardState.WAITING: ("…", "$text-warning"),
    ForwardState.HELD: ("!", "$text-warning"),
    ForwardState.DELIVERED: ("✓", "$text-success"),
    ForwardState.FAILED: ("✗", "$text-error"),
    ForwardState.DROPPED: ("·", "$foreground-muted"),
}
_NOTHING = (
    "It was not passed on.\n\nStart with --forward-to URL (METERBASE_FORWARD_TO) to send every "
    "verified delivery on to your application, as the wire sent it."
)


def draw_forwards(forwards: Sequence[ForwardDetail]) -> Prose:
    """Every target with every attempt, and the last answer whole as far as it was kept."""
    if not forwards:
        return Prose([plain(Content(_NOTHING))])
    return Prose(line for detail in forwards for line in _draw_target(detail))


def _draw_target(detail: ForwardDetail) -> Iterator[Line]:
    forward = detail.forward
    sign, colour = _SIGNS[forward.state]
    yield plain(
        Content.from_markup(
            f"[{colour} b]{sign} $state[/]  [b]$target[/]",
            state=forward.state.value,
            target=visible(forward.target, 300),
        )
    )
    for attempt in detail.attempts:
        yield _draw_attempt(attempt)
    if detail.attempts:
        yield from _draw_answer(detail.attempts[-1])
    yield BLANK


def _draw_attempt(attempt: ForwardAttempt) -> Line:
    failed = attempt.error is not None
    slow = attempt.ms >= TOO_SLOW_MS
    words = Content.from_markup(
        ("[$text-error]✗ $what[/]" if failed else "[$text-success]✓ $what[/]")
        + ("  [$text-error]$took: Propexo waits 5 s[/]" if slow else "  $took"),
        what=visible(attempt.error or str(attempt.status), 200),
        took=duration(attempt.ms),
    )
    at = local_instant(attempt.at)
    return Line(Content.from_markup("  [$foreground-muted]$at[/]  ", at=at), words)


def _draw_answer(attempt: ForwardAttempt) -> Iterator[Line]:
    if attempt.headers:
        yield BLANK
    yield from draw_header_lines(attempt.headers, 400, _MARGIN)
    if attempt.body:
        yield BLANK
        text = visible_bytes(attempt.body, _SHOWN, newline=True)
        yield Line(Content(_MARGIN), Content(text))
    if attempt.size > len(attempt.body):
        words = f"… the first {len(attempt.body):,} of {attempt.size:,} bytes were kept"
        yield Line(Content(_MARGIN), Content(words))
