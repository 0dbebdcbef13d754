"""Records as the rows of listings: one cell a column, in the columns' order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.cli.cells import (
    event_state,
    lease_terms,
    moment,
    note,
    number,
    status,
    subject,
    text,
    verdict,
)
from meterbase_tui.formats import describe_processing, duration, size, value
from meterbase_tui.widgets.rows import Cell, Tone
from store.records import PropertyState

if TYPE_CHECKING:
    from store.records import (
        Change,
        ConnectionRecord,
        Delivery,
        Event,
        Notification,
        Property,
        Unit,
    )


def delivery_row(delivery: Delivery) -> tuple[Cell, ...]:
    """A delivery."""
    answered = "" if delivery.ack_ms is None else duration(delivery.ack_ms)
    return (
        Cell(str(delivery.id)),
        moment(delivery.received_at),
        text(delivery.event, Tone.STRONG),
        text(subject(delivery)),
        verdict(delivery),
        status(delivery),
        Cell(answered),
        describe_processing(delivery),
        Cell(size(delivery.size), Tone.MUTED),
        note(delivery),
    )


def event_row(event: Event) -> tuple[Cell, ...]:
    """An event."""
    return (
        Cell(str(event.id)),
        moment(event.received_at),
        text(event.event, Tone.STRONG),
        text(subject(event)),
        text(event.connection_id),
        event_state(event),
        Cell(str(event.deliveries)),
        text(event.error, Tone.MUTED) if event.error else Cell(""),
    )


def unit_row(unit: Unit) -> tuple[Cell, ...]:
    """A unit with its lease."""
    return (
        text(unit.unit_number, Tone.STRONG),
        text(unit.unit_id),
        text(unit.property_id),
        text("missing" if unit.missing_since else unit.status),
        number(unit.sqft),
        number(unit.bedrooms),
        number(unit.bathrooms),
        number(unit.occupant_count),
        text(lease_terms(unit.lease)),
        moment(unit.updated_at),
        text(unit.connection_id, Tone.MUTED),
    )


def change_row(change: Change) -> tuple[Cell, ...]:
    """A change."""
    return (
        Cell(str(change.id)),
        moment(change.at),
        text(change.unit_number or change.unit_id, Tone.STRONG),
        text(change.field),
        Cell(f"{value(change.old)} → {value(change.new)}"),
        Cell("● RUBS" if change.affects_rubs else "", Tone.WARNING),
        Cell("–" if change.event_id is None else str(change.event_id)),
        Cell(change.source.value, Tone.MUTED),
    )


def notification_row(notification: Notification) -> tuple[Cell, ...]:
    """A notification."""
    return (
        Cell(str(notification.id)),
        moment(notification.at),
        Cell(notification.kind.replace("_", " "), Tone.ACCENT),
        text(notification.text),
        Cell("–" if notification.event_id is None else str(notification.event_id)),
    )


def property_row(record: Property) -> tuple[Cell, ...]:
    """A property."""
    tone = {PropertyState.LINKED: Tone.SUCCESS, PropertyState.REVIEW: Tone.WARNING}
    return (
        text(record.property_id, Tone.STRONG),
        text(record.name),
        Cell(record.state.value, tone.get(record.state, Tone.MUTED)),
        Cell(str(record.units)),
        text(record.address),
        text(record.connection_id, Tone.MUTED),
    )


def connection_row(connection: ConnectionRecord) -> tuple[Cell, ...]:
    """A connection."""
    registered = connection.registered
    return (
        text(connection.connection_id, Tone.STRONG),
        text(connection.name),
        Cell("yes", Tone.SUCCESS) if registered else Cell("no", Tone.WARNING),
        Cell(str(connection.events)),
        moment(connection.last_event_at),
        moment(connection.last_sync_at),
    )
