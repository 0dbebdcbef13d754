"""The inspector's texts: what is known of a delivery, as styled lines. Pure.

Foreign text enters only as a variable of a template and after `visible`, so it can neither style
nor act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.widgets.prose import BLANK, Flow, Line, Prose, plain
from meterbase_tui.wording.delivery_rows import describe_processing, describe_resource
from meterbase_tui.wording.header_lines import draw_header_lines
from meterbase_tui.wording.progress import describe_findings, describe_pages, describe_remark
from meterbase_tui.wording.record_lines import draw_cell
from meterbase_tui.wording.refusals import BY_ADDRESS, describe_refusal
from meterbase_tui.wording.values import duration, local_instant, value
from receiver.diagnosis import StepOutcome
from receiver.judging.signing import SIGNATURE_HEADER, signature_values
from store.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from meterbase_tui.queries.details import Detail
    from receiver.diagnosis import Diagnosis
    from store.records import Change, Delivery, Event
    from store.refreshes import Refresh

_LABEL, _INDENT = 14, 2
_STEPS = {
    StepOutcome.FITS: ("✓", "$text-success"),
    StepOutcome.NO_FIT: ("·", "$foreground-muted"),
    StepOutcome.CUT_SHORT: ("…", "$text-warning"),
}
_SHOWN_VALUE = 2_000
MASKED = Content.from_markup("[$text-accent]▒ masked[/]")
"""Beside a heading, while people's data is masked."""
_VERDICTS = {
    Verdict.VALID: "[$text-success b]✓ valid[/]",
    Verdict.INVALID: "[$text-error b]✗ invalid[/]",
    Verdict.MISSING: "[$text-error b]✗ missing[/]",
    Verdict.NOT_CHECKED: "[$foreground-muted b]· not checked[/]",
}


def draw_heading(detail: Detail) -> Flow:
    """Which delivery this is, and what became of it: on one line, where that has room."""
    delivery = detail.delivery
    kind = delivery.event or f"{delivery.method} {delivery.path}"
    what = describe_resource(delivery)
    about = Content.from_markup("[b]$kind[/]", kind=visible(kind, 100))
    return Flow(
        (
            Content.from_markup("[$foreground-muted]Delivery[/] [b]$id[/]", id=str(delivery.id)),
            MASKED if detail.masked else Content(""),
            about + Content(f"  {what}" if what else ""),
            Content.from_markup(_VERDICTS[delivery.verdict]),
            Content(f"answered {delivery.status}"),
            draw_cell(describe_processing(delivery)) + _draw_refusal(delivery),
        )
    )


def _draw_refusal(delivery: Delivery) -> Content:
    """Why no event was made of it, whichever tab is looked at."""
    if delivery.event or delivery.status in BY_ADDRESS:
        return Content("")
    told = describe_refusal(delivery)
    return Content.from_markup("[$foreground-muted]:[/] [$text-error]$told[/]", told=told)


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


def draw_signature(detail: Detail, diagnosis: Diagnosis | None = None) -> Prose:
    """What was there, what should have been, and why it did not match; never the right digest.

    Args:
        detail: the delivery.
        diagnosis: the search for the cause, with its steps, once it was made again.
    """
    delivery = detail.delivery
    values = signature_values(detail.content.headers)
    given = [visible_bytes(value, 300) for value in values] or ["no such header"]
    lines = [
        _row("Verdict", Content.from_markup(_VERDICTS[delivery.verdict])),
        _row("Header", Content(SIGNATURE_HEADER)),
        *(_row("Given", Content(value)) for value in given),
        _row("Form", Content("sha256= and 64 lower-case hexadecimal digits")),
        _row("Signed", Content("HMAC-SHA256 over the body's bytes, exactly as they came")),
        _row("Body", Content(f"{delivery.size:,} bytes, {_kept(detail)}")),
        _row("SHA-256", Content(_checksum(detail))),
    ]
    if delivery.diagnosis:
        lines += [
            BLANK,
            _row(
                "Diagnosis",
                Content.from_markup("[$text-error b]$code[/]", code=visible(delivery.diagnosis)),
            ),
        ]
    if delivery.explanation:
        lines += [BLANK, plain(Content(visible(delivery.explanation, _SHOWN_VALUE)))]
    if diagnosis is not None:
        lines += _draw_search(diagnosis)
    return Prose(lines)


def _draw_search(diagnosis: Diagnosis) -> Iterator[Line]:
    """Where the bytes differ from those that were signed, and everything that was tried."""
    if difference := diagnosis.difference:
        yield BLANK
        yield _row("Differs", Content(f"from byte {difference.offset + 1:,} on"))
        yield _row("Received", Content(f"… {visible_bytes(difference.received)} …"))
        yield _row("Was signed", Content(f"… {visible_bytes(difference.signed)} …"))
    if diagnosis.steps:
        yield BLANK
        yield plain(
            Content.from_markup(
                "[b]Tried[/]  [$foreground-muted]$n digests recomputed[/]", n=f"{diagnosis.tried:,}"
            )
        )
    for step in diagnosis.steps:
        sign, colour = _STEPS[step.outcome]
        yield plain(
            Content.from_markup(
                f"  [{colour}]{sign}[/] $name [$foreground-muted]$tried[/]",
                name=visible(step.name, 100).ljust(44),
                tried=f"{step.tried:,}",
            )
        )


def draw_processing(detail: Detail, now: datetime) -> Prose:
    """What became of the event: outcome, refresh, changes, notifications, and its deliveries."""
    if detail.event is None:
        reason = visible(detail.delivery.explanation or "Its signature was not right.", 600)
        words = Content.from_markup("[b]No event was made of it.[/]")
        return Prose([plain(words), plain(Content(reason))])
    return Prose(
        [
            *_draw_event(detail.event),
            *_draw_refresh(detail.refresh, now),
            BLANK,
            *_draw_changes(detail.changes),
            *_draw_notices(detail),
            *_draw_deliveries(detail.deliveries, detail.delivery.id),
        ]
    )


def _draw_event(event: Event) -> Iterator[Line]:
    yield _row("Event", Content(str(event.id)))
    yield _row("State", Content(event.state))
    if event.outcome:
        yield _row("Outcome", Content(event.outcome.replace("_", " ")))
    if event.reason:
        yield _row("Reason", Content(event.reason.replace("_", " ")))
    if event.error:
        yield _row("Remark", Content(visible(event.error, _SHOWN_VALUE)))
    yield _row("Connection", Content(visible(event.connection_id or "–", 300)))
    yield _row("Property", Content(visible(event.property_id or "–", 300)))
    yield _row("Happened", Content(local_instant(event.timestamp)))
    yield _row("Received", Content(local_instant(event.received_at)))
    yield _row("Processed", Content(local_instant(event.processed_at)))
    yield _row("Attempts", Content(str(event.attempts)))


def _draw_refresh(refresh: Refresh | None, now: datetime) -> Iterator[Line]:
    if refresh is None:
        return
    yield BLANK
    yield _row("Refresh", Content(refresh.state.value))
    yield _row("Pages", Content(describe_pages(refresh)))
    if refresh.units:
        yield _row("Units", Content(f"{refresh.units:,}"))
    if found := describe_findings(refresh):
        yield _row("Found", Content(found))
    if remark := describe_remark(refresh, now):
        yield _row("Remark", Content(visible(remark, _SHOWN_VALUE)))


def _draw_changes(changes: Iterable[Change]) -> Iterator[Line]:
    lines = [
        Line(
            Content.from_markup(
                "  [b]$field[/]  ", field=visible(change.field, 60).replace("_", " ").ljust(_LABEL)
            ),
            Content.from_markup(
                "$old [$text-accent]→[/] $new",
                old=value(change.old),
                new=value(change.new),
            )
            + Content.from_markup("  [$text-warning]● RUBS[/]" if change.affects_rubs else ""),
        )
        for change in changes
    ]
    if lines:
        yield plain(Content.from_markup("[b]Changes[/]"))
        yield from lines
        yield BLANK


def _draw_notices(detail: Detail) -> Iterator[Line]:
    if detail.notifications:
        yield plain(Content.from_markup("[b]Notifications[/]"))
        for notice in detail.notifications:
            words = f"{notice.kind.replace('_', ' ')}: {visible(notice.text, 600)}"
            yield Line(Content(" " * _INDENT), Content(words))
        yield BLANK


def _draw_deliveries(deliveries: Iterable[Delivery], this: int) -> Iterator[Line]:
    yield plain(Content.from_markup("[b]Deliveries[/]"))
    for delivery in deliveries:
        mark = "›" if delivery.id == this else " "
        took = duration(delivery.ack_ms) if delivery.ack_ms is not None else "–"
        words = (
            f"{mark} {delivery.id:>6}  {local_instant(delivery.received_at)}  "
            f"{delivery.origin:<8}  {delivery.status}  {took:>8}"
        )
        yield plain(Content(words + ("  duplicate" if delivery.duplicate else "")))


def _checksum(detail: Detail) -> str:
    if detail.masked:
        return "hidden: it would confirm a guess at what is masked"
    return detail.content.body_sha256.hex()


def _kept(detail: Detail) -> str:
    if detail.masked:
        return "hidden" if detail.hidden else "shown with people's data masked"
    if detail.content.complete:
        return "all of them kept"
    return f"the first {len(detail.content.body):,} kept"


def _row(label: str, value: Content) -> Line:
    head = Content.from_markup("[$foreground-muted]$label[/]", label=label.ljust(_LABEL))
    return Line(head, value)
