"""The inspector's text about forwarding: what each target answered. Pure.

Foreign text enters only as a variable of a template and after `visible`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.wording import formats
from store.forwarding.forward_records import ForwardState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meterbase_tui.queries.details import ForwardDetail
    from store.forwarding.forward_records import ForwardAttempt

_SHOWN = 4_000
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


def draw_forwards(forwards: Sequence[ForwardDetail]) -> Content:
    """Every target with every attempt, and the last answer whole as far as it was kept."""
    if not forwards:
        return Content(_NOTHING)
    return Content("\n").join(line for detail in forwards for line in _draw_target(detail))


def _draw_target(detail: ForwardDetail) -> Iterable[Content]:
    forward = detail.forward
    sign, colour = _SIGNS[forward.state]
    yield Content.from_markup(
        f"[{colour} b]{sign} $state[/]  [b]$target[/]",
        state=forward.state.value,
        target=visible(forward.target, 300),
    )
    for attempt in detail.attempts:
        yield _draw_attempt(attempt)
    if detail.attempts:
        yield from _draw_answer(detail.attempts[-1])
    yield Content("")


def _draw_attempt(attempt: ForwardAttempt) -> Content:
    failed = attempt.error is not None
    slow = attempt.ms >= formats.TOO_SLOW_MS
    return Content.from_markup(
        "  [$foreground-muted]$at[/]  "
        + ("[$text-error]✗ $what[/]" if failed else "[$text-success]✓ $what[/]")
        + ("  [$text-error]$took: Propexo waits 5 s[/]" if slow else "  $took"),
        at=formats.local_instant(attempt.at),
        what=visible(attempt.error or str(attempt.status), 200),
        took=formats.duration(attempt.ms),
    )


def _draw_answer(attempt: ForwardAttempt) -> Iterable[Content]:
    if attempt.headers:
        yield Content("")
    for name, value in attempt.headers:
        yield Content.from_markup(
            "  [$text-accent]$name[/]: $value",
            name=visible_bytes(name, 200),
            value=visible_bytes(value, 400),
        )
    if attempt.body:
        yield Content("")
        for line in visible_bytes(attempt.body, _SHOWN, newline=True).split("\n"):
            yield Content(f"  {line}")
    if attempt.size > len(attempt.body):
        yield Content(f"  … the first {len(attempt.body):,} of {attempt.size:,} bytes were kept")
