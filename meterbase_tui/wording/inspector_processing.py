"""The inspector's text about processing: what became of a delivery's event. Pure.

Foreign text enters only as a variable of a template and after `visible`, so it can neither style
nor act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import BLANK, Line, Prose, labelled, plain
from meterbase_tui.wording.progress import describe_findings, describe_pages, describe_remark
from meterbase_tui.wording.values import duration, local_instant, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from meterbase_tui.queries.details import Detail
    from store.records import Change, Delivery, Event
    from store.refreshes import Refresh

_INDENT, _FIELD = 2, 14
_SHOWN_VALUE = 2_000


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
    yield labelled("Event", Content(str(event.id)))
    yield labelled("State", Content(event.state))
    if event.outcome:
        yield labelled("Outcome", Content(event.outcome.replace("_", " ")))
    if event.reason:
        yield labelled("Reason", Content(event.reason.replace("_", " ")))
    if event.error:
        yield labelled("Remark", Content(visible(event.error, _SHOWN_VALUE)))
    yield labelled("Connection", Content(visible(event.connection_id or "–", 300)))
    yield labelled("Property", Content(visible(event.property_id or "–", 300)))
    yield labelled("Happened", Content(local_instant(event.timestamp)))
    yield labelled("Received", Content(local_instant(event.received_at)))
    yield labelled("Processed", Content(local_instant(event.processed_at)))
    yield labelled("Attempts", Content(str(event.attempts)))


def _draw_refresh(refresh: Refresh | None, now: datetime) -> Iterator[Line]:
    if refresh is None:
        return
    yield BLANK
    yield labelled("Refresh", Content(refresh.state.value))
    yield labelled("Pages", Content(describe_pages(refresh)))
    if refresh.units:
        yield labelled("Units", Content(f"{refresh.units:,}"))
    if found := describe_findings(refresh):
        yield labelled("Found", Content(found))
    if remark := describe_remark(refresh, now):
        yield labelled("Remark", Content(visible(remark, _SHOWN_VALUE)))


def _draw_changes(changes: Iterable[Change]) -> Iterator[Line]:
    lines = [
        Line(
            Content.from_markup(
                "  [b]$field[/]  ", field=visible(change.field, 60).replace("_", " ").ljust(_FIELD)
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
