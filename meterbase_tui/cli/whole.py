"""One delivery, event or unit as a person reads it: facts, headers, body, and what followed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from meterbase_tui.cli import cells, listings
from meterbase_tui.cli.tables import print_facts
from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.delivery_rows import describe_processing
from meterbase_tui.wording.values import duration, local_instant, slowness, value
from receiver.billing.occupancy import describe_standing
from receiver.judging.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.listings import Listing
    from meterbase_tui.queries.details import Detail, ForwardDetail
    from store.records import Change, Content, Delivery, Event, Notification, Unit
    from store.refreshes import Refresh

_T = TypeVar("_T")
_LONG = 1 << 20


@dataclass(frozen=True, slots=True)
class UnitDetail:
    """A unit, and what became of it lately."""

    unit: Unit
    changes: tuple[Change, ...]
    notifications: tuple[Notification, ...]
    events: tuple[Event, ...]


def print_delivery(console: Console, detail: Detail) -> None:
    """A delivery: how it came, its signature, and what was made of it."""
    delivery = detail.delivery
    _title(console, f"Delivery {delivery.id}")
    print_facts(console, _delivery_facts(delivery))
    if detail.event is not None:
        _subtitle(console, f"Event {detail.event.id}")
        print_facts(console, _event_facts(detail.event))
    _print_content(console, detail.content)
    _print_consequences(console, detail)


def print_event(
    console: Console, event: Event, detail: Detail | None, refresh: Refresh | None
) -> None:
    """An event: how far it has come, the delivery that brought it, and what it did."""
    _title(console, f"Event {event.id}")
    print_facts(console, _event_facts(event))
    if refresh is not None:
        _section(console, "Refresh", listings.REFRESHES, [refresh])
    if detail is None:
        console.line("The delivery that brought it is not kept any more.")
        return
    _print_content(console, detail.content)
    _print_consequences(console, detail)


def print_unit(console: Console, detail: UnitDetail) -> None:
    """A unit: its record, its lease, and what became of both."""
    unit = detail.unit
    _title(console, f"Unit {visible(unit.unit_number or unit.unit_id)}")
    print_facts(console, _unit_facts(unit))
    _section(console, "Changes", listings.CHANGES, detail.changes)
    _section(console, "Notifications", listings.NOTIFICATIONS, detail.notifications)
    _section(console, "Events", listings.EVENTS, detail.events)


def _delivery_facts(delivery: Delivery) -> list[tuple[str, Cell]]:
    took = "" if delivery.ack_ms is None else f" after {duration(delivery.ack_ms)}"
    answer = cells.status(delivery)
    return [
        ("Received", Cell(local_instant(delivery.received_at))),
        ("Origin", Cell(delivery.origin.value)),
        ("Request", _plain(f"{delivery.method} {delivery.path}")),
        ("Signature", cells.verdict(delivery)),
        ("Explanation", _plain(delivery.explanation)),
        ("Answer", Cell(answer.text + took, answer.tone)),
        ("Size", Cell(f"{delivery.size:,} bytes")),
        ("Processing", describe_processing(delivery)),
        ("Note", cells.note(delivery)),
    ]


def _event_facts(event: Event) -> list[tuple[str, Cell]]:
    return [
        ("Type", _plain(event.event)),
        ("Resource", _plain(" ".join(filter(None, (event.resource_type, event.resource_id))))),
        ("Connection", _plain(event.connection_id)),
        ("Property", _plain(event.property_id)),
        ("Happened", Cell(local_instant(event.timestamp))),
        ("Received", Cell(local_instant(event.received_at))),
        ("State", cells.event_state(event)),
        ("Remark", _plain(event.error)),
        ("Processed", Cell(local_instant(event.processed_at))),
        ("Attempts", Cell(str(event.attempts))),
        ("Deliveries", Cell(str(event.deliveries))),
    ]


def _unit_facts(unit: Unit) -> list[tuple[str, Cell]]:
    numbers = (("Sqft", unit.sqft), ("Bedrooms", unit.bedrooms), ("Bathrooms", unit.bathrooms))
    missing = "" if unit.missing_since is None else local_instant(unit.missing_since)
    return [
        ("Id", _plain(unit.unit_id)),
        ("Connection", _plain(unit.connection_id)),
        ("Property", _plain(unit.property_id)),
        ("Status", _plain(unit.status)),
        ("Standing", _plain(describe_standing(unit, datetime.now(UTC).date()))),
        *((name, Cell("" if number is None else value(number))) for name, number in numbers),
        ("Occupants", Cell("" if unit.occupant_count is None else str(unit.occupant_count))),
        ("Lease", _plain(cells.lease_terms(unit.lease))),
        ("Missing since", Cell(missing, Tone.WARNING)),
        ("Updated", Cell(local_instant(unit.updated_at))),
        ("Last event", Cell("" if unit.last_event_id is None else str(unit.last_event_id))),
    ]


def _print_content(console: Console, content: Content) -> None:
    _subtitle(console, "Headers")
    for name, header_value in content.headers:
        shown = Cell(visible_bytes(header_value, _LONG))
        console.cells([Cell(f"  {visible_bytes(name, _LONG)}: ", Tone.MUTED), shown], whole=True)
    kept = "" if content.complete else f", of which the first {len(content.body):,} were kept"
    _subtitle(console, f"Body ({content.size:,} bytes{kept})")
    for line in _lines_of(content.body):
        console.line(f"  {line}")


def _lines_of(body: bytes) -> list[str]:
    """A body as lines of visible text: JSON is indented, anything else is as it came."""
    try:
        shown = json.dumps(parse(body), indent=2, ensure_ascii=False)
    except InvalidJsonError:
        return visible_bytes(body, 4 * len(body) + _LONG, newline=True).split("\n")
    return visible(shown, 10 * len(shown) + _LONG, newline=True).split("\n")


def _print_consequences(console: Console, detail: Detail) -> None:
    _section(console, "Changes", listings.CHANGES, detail.changes)
    _section(console, "Notifications", listings.NOTIFICATIONS, detail.notifications)
    if detail.event is not None:
        _section(console, "Deliveries", listings.DELIVERIES, detail.deliveries)
    for each in detail.forwards:
        _print_forward(console, each)


def _print_forward(console: Console, detail: ForwardDetail) -> None:
    forward = detail.forward
    _subtitle(console, f"Forwarded to {visible(forward.target, 300)}: {forward.state.value}")
    for attempt in detail.attempts:
        console.cells(
            [
                Cell(f"  {local_instant(attempt.at)}  ", Tone.MUTED),
                cells.answer(attempt),
                Cell(f"  {duration(attempt.ms)}", slowness(attempt.ms)),
            ],
            whole=True,
        )
    if detail.attempts and detail.attempts[-1].body:
        for line in _lines_of(detail.attempts[-1].body):
            console.line(f"    {line}")


def _section(console: Console, title: str, listing: Listing[_T], records: Sequence[_T]) -> None:
    if records:
        _subtitle(console, title)
        listing.print(console, records, as_json=False)


def _subtitle(console: Console, text: str) -> None:
    console.line()
    _title(console, text)


def _title(console: Console, text: str) -> None:
    console.cells([Cell(text, Tone.STRONG)], whole=True)


def _plain(text: str | None) -> Cell:
    return Cell(visible(text, _LONG) if text else "")
