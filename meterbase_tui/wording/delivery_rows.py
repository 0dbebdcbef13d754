"""Deliveries as rows of the log's tables: which words, which glyphs, which tone. Pure.

Every text that came from outside passes `visible` here; a tone is never the only sign.
"""

from __future__ import annotations

from meterbase_tui.text import visible
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.rows import Cell, Row, Tone
from meterbase_tui.wording.refusals import (
    describe_cause_briefly,
    describe_refusal,
    describe_refusal_briefly,
    describe_refused_state,
)
from meterbase_tui.wording.values import SLOW_MS, duration, local_time, size
from store.reading.deliveries import MOST_REPEATS
from store.records import Delivery, EventState, Origin, Outcome, Reason, Verdict

DELIVERY_COLUMNS = (
    Column("time", "Time", 8, priority=9),
    Column("event", "Event", 13, share=1, max_width=16, priority=10),
    Column("what", "Resource", 12, share=4, max_width=44, priority=8),
    Column("connection", "Connection", 12, share=2, max_width=24, priority=1),
    Column("verdict", "Signature", 11, priority=7),
    Column("state", "Processing", 14, share=2, max_width=22, priority=6),
    Column("note", "Repeat", 9, share=1, max_width=14, priority=5),
    Column("size", "Size", 7, align="right", priority=2),
    Column("ack", "Answer", 11, align="right", priority=3),
)
"""At 80 columns the first six but the connection, so that a repetition never looks like a first."""
_SUBJECT_SPAN = 3
"""Event, resource and connection: of a refused request none is known."""
FAILURE_COLUMNS = (
    Column("time", "Time", 8, priority=3),
    Column("diagnosis", "Diagnosis", 19, priority=5),
    Column("why", "Why", 18, share=1, priority=4),
)
"""The reason keeps the room that it takes in brief; where three panels are in a row, time goes."""

_VERDICTS = {
    Verdict.VALID: Cell("✓ valid", Tone.SUCCESS),
    Verdict.INVALID: Cell("✗ invalid", Tone.ERROR),
    Verdict.MISSING: Cell("✗ missing", Tone.ERROR),
    Verdict.NOT_CHECKED: Cell("· unchecked", Tone.MUTED),
}
_OUTCOMES = {
    Outcome.CREATED: Cell("✓ created", Tone.SUCCESS),
    Outcome.UPDATED: Cell("✓ updated", Tone.SUCCESS),
    Outcome.UNCHANGED: Cell("= unchanged", Tone.MUTED),
    Outcome.FLAGGED_FOR_REVIEW: Cell("! to review", Tone.WARNING),
    Outcome.REFRESHED: Cell("✓ refreshed", Tone.SUCCESS),
    Outcome.SKIPPED: Cell("· skipped", Tone.MUTED),
    Outcome.ACKNOWLEDGED: Cell("✓ acknowledged", Tone.SUCCESS),
}
_REASONS = {
    Reason.UNKNOWN_CONNECTION: "unknown connection",
    Reason.UNLINKED_PROPERTY: "unlinked property",
    Reason.UNSUPPORTED_EVENT: "unsupported event",
    Reason.UNSUPPORTED_RESOURCE_TYPE: "unsupported type",
    Reason.STALE: "stale",
}
_BRIEF_REASONS = {
    Reason.UNKNOWN_CONNECTION: "unregistered",
    Reason.UNLINKED_PROPERTY: "unlinked",
    Reason.UNSUPPORTED_EVENT: "unsupported",
    Reason.UNSUPPORTED_RESOURCE_TYPE: "unsupported",
    Reason.STALE: "stale",
}
"""Short enough for the column at any width; the cells beside it say what is meant."""
_STATES = {
    EventState.PENDING: Cell("… pending", Tone.MUTED),
    EventState.PROCESSING: Cell("… processing", Tone.ACCENT),
    EventState.PROCESSED: Cell("✓ processed", Tone.SUCCESS),
    EventState.FAILED: Cell("✗ failed", Tone.ERROR),
}
_NOTHING = Cell("")


def is_settled(delivery: Delivery) -> bool:
    """Whether a delivery's row is final, as far as nobody reprocesses its event."""
    waiting = delivery.state in (EventState.PENDING, EventState.PROCESSING)
    searched = not delivery.verdict.failed or delivery.diagnosis
    return not waiting and delivery.ack_ms is not None and bool(searched)


def delivery_row(delivery: Delivery, repeats: int = 0) -> Row:
    """A delivery in the columns `DELIVERY_COLUMNS`; `repeats` as in `store.reading.deliveries`."""
    return Row(
        (
            Cell(local_time(delivery.received_at), Tone.MUTED),
            _subject(delivery),
            Cell(describe_resource(delivery)),
            Cell(visible(delivery.connection_id or "", 80), Tone.MUTED),
            _VERDICTS[delivery.verdict],
            _describe_briefly(delivery),
            _note(delivery, repeats),
            Cell(size(delivery.size), Tone.MUTED),
            _answer(delivery),
        )
    )


def failure_row(delivery: Delivery, _repeats: int = 0) -> Row:
    """A delivery whose signature did not match, in the columns `FAILURE_COLUMNS`."""
    if delivery.diagnosis is None:
        code = Cell("✗ " + delivery.verdict, Tone.ERROR)
    else:
        code = Cell("✗ " + visible(delivery.diagnosis, 40).replace("_", " "), Tone.ERROR)
    return Row(
        (
            Cell(local_time(delivery.received_at), Tone.MUTED),
            code,
            Cell(visible(delivery.explanation or "", 400), brief=describe_cause_briefly(delivery)),
        )
    )


def describe_resource(delivery: Delivery) -> str:
    """What a delivery is about; nothing of one that was refused."""
    if not delivery.resource_type:
        return ""
    kind, name = visible(delivery.resource_type, 40), visible(delivery.resource_id or "", 120)
    # Most ids begin with their type already.
    return name if name.startswith(f"{kind}_") else f"{kind} {name}"


def _subject(delivery: Delivery) -> Cell:
    """The event, or why there is none: that takes the room of all that is known of an event."""
    if delivery.event:
        return Cell(visible(delivery.event, 64), Tone.STRONG)
    brief = describe_refusal_briefly(delivery)
    return Cell(describe_refusal(delivery), span=_SUBJECT_SPAN, brief=brief)


def describe_processing(delivery: Delivery) -> Cell:
    """How far the event of a delivery has come, in a word."""
    if delivery.state is None:
        return Cell(f"– {describe_refused_state(delivery)}", Tone.MUTED)
    if delivery.outcome:
        return _OUTCOMES[delivery.outcome]
    if delivery.reason:
        return Cell(f"○ {_REASONS[delivery.reason]}", Tone.WARNING)
    return _STATES.get(delivery.state, Cell(delivery.state))


def _describe_briefly(delivery: Delivery) -> Cell:
    reason = delivery.reason if not delivery.outcome else None
    if delivery.state is None or reason is None:
        return describe_processing(delivery)
    return Cell(f"○ {_BRIEF_REASONS[reason]}", Tone.WARNING)


def _note(delivery: Delivery, repeats: int) -> Cell:
    """Which delivery of its event it is, and whether we sent it: `×2 #7`, `↻×3 #7`, `×3`.

    Of one that stands for a flood of refusals, how many those are: `×1,179`.
    """
    if delivery.requests > 1:
        return Cell(f"×{delivery.requests:,}", Tone.ERROR)
    times = f"×{repeats + 1}" if repeats < MOST_REPEATS else f"×{MOST_REPEATS}+"
    if delivery.origin is Origin.REPLAY:
        of = delivery.event_id if delivery.duplicate else delivery.replay_of
        words = f"↻{times if delivery.duplicate else ''} #{of}" if of else "↻ replay"
        return Cell(words, Tone.ACCENT)
    if delivery.duplicate:
        return Cell(f"{times} #{delivery.event_id}", Tone.ACCENT)
    if repeats:
        return Cell(times, Tone.ACCENT)
    return Cell("sample", Tone.MUTED) if delivery.origin is Origin.SAMPLE else _NOTHING


def _answer(delivery: Delivery) -> Cell:
    took = "" if delivery.ack_ms is None else f" {duration(delivery.ack_ms)}"
    if delivery.status != 200:  # noqa: PLR2004
        return Cell(f"{delivery.status}{took}", Tone.ERROR)
    return Cell(f"200{took}", Tone.WARNING if (delivery.ack_ms or 0) > SLOW_MS else Tone.PLAIN)
