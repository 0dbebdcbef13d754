"""The cells that listings and single records share: which words, and in which tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.cli.times import local_second
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import value
from store.records import Delivery, Event, EventState, Origin, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from store.forwarding.forward_records import Forward, ForwardAttempt
    from store.records import Json, Lease

_OK = 200
_LONGEST_TEXT = 2_000
_VERDICT_TONES = {Verdict.VALID: Tone.SUCCESS, Verdict.NOT_CHECKED: Tone.MUTED}
_VERDICT_SIGNS = {Verdict.VALID: "✓", Verdict.NOT_CHECKED: "·"}
_STATE_TONES = {
    EventState.PROCESSED: Tone.SUCCESS,
    EventState.FAILED: Tone.ERROR,
    EventState.IGNORED: Tone.WARNING,
}


def text(raw: str | None, tone: Tone = Tone.PLAIN) -> Cell:
    """Foreign text in a cell; a dash for none."""
    return Cell(visible(raw, _LONGEST_TEXT), tone) if raw else Cell("–", Tone.MUTED)


def subject(record: Delivery | Event) -> str:
    """What a record is about; of a refused delivery, the request. Foreign text."""
    if isinstance(record, Delivery) and record.event is None:
        return f"{record.method} {record.path}"
    return " ".join(filter(None, (record.resource_type, record.resource_id)))


def verdict(delivery: Delivery) -> Cell:
    """The verdict with its diagnosis."""
    sign = _VERDICT_SIGNS.get(delivery.verdict, "✗")
    why = f" ({visible(delivery.diagnosis, 60)})" if delivery.diagnosis else ""
    tone = _VERDICT_TONES.get(delivery.verdict, Tone.ERROR)
    return Cell(f"{sign} {delivery.verdict.replace('_', ' ')}{why}", tone)


def status(delivery: Delivery) -> Cell:
    """The HTTP status that was answered."""
    return Cell(str(delivery.status), Tone.PLAIN if delivery.status == _OK else Tone.ERROR)


def answer(attempt: ForwardAttempt | Forward) -> Cell:
    """What a forward target answered: the status, or why it does not count."""
    if attempt.error is None:
        return Cell("–" if attempt.status is None else f"✓ {attempt.status}", Tone.SUCCESS)
    status = "" if attempt.status is None else f"{attempt.status} "
    return Cell(f"✗ {status}{visible(attempt.error, 200)}", Tone.ERROR)


def note(delivery: Delivery) -> Cell:
    """What is special about a delivery: a repetition, a replay, a sample."""
    notes = [f"duplicate of {delivery.event_id}"] if delivery.duplicate else []
    if delivery.replay_of is not None:
        notes.append(f"replay of {delivery.replay_of}")
    elif delivery.origin is not Origin.NETWORK:
        notes.append(delivery.origin.value)
    if delivery.requests > 1:
        notes.append(f"{delivery.requests:,} requests")
    return Cell(", ".join(notes), Tone.ACCENT)


def lease_terms(lease: Lease | None) -> str:
    """A lease in a few words, as foreign text."""
    if lease is None:
        return ""
    words = (lease.lease_id, lease.resident_name, lease.start_date and _dates(lease))
    return ", ".join(word for word in words if word)


def event_state(event: Event) -> Cell:
    """How far an event has come, and with which outcome or for which reason."""
    words = f"{event.state}: {event.reason}" if event.reason else event.outcome or event.state
    return Cell(words.replace("_", " "), _STATE_TONES.get(event.state, Tone.PLAIN))


def moment(instant: datetime | None) -> Cell:
    """Date and time where the user is."""
    return Cell(local_second(instant), Tone.MUTED)


def number(raw: Json) -> Cell:
    """A number; a dash for none."""
    return Cell("–", Tone.MUTED) if raw is None else Cell(value(raw))


def _dates(lease: Lease) -> str:
    return f"{lease.start_date} to {lease.end_date or 'open'}"
