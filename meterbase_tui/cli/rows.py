"""Records as the rows of listings: one cell a column, in the columns' order."""

from __future__ import annotations

from datetime import UTC, datetime
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
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.delivery_rows import describe_processing
from meterbase_tui.wording.progress import describe_findings, describe_pages, describe_remark
from meterbase_tui.wording.values import duration, size, value
from receiver.billing.occupancy import describe_standing
from store.records import PropertyState
from store.refreshes import RefreshState

if TYPE_CHECKING:
    from store.records import (
        Change,
        ConnectionRecord,
        Delivery,
        Event,
        LeaseRecord,
        Notification,
        Property,
        Resident,
        Unit,
    )
    from store.refreshes import Refresh


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
        _standing(unit),
        number(unit.sqft),
        number(unit.bedrooms),
        number(unit.bathrooms),
        number(unit.occupant_count),
        text(lease_terms(unit.lease)),
        moment(unit.updated_at),
        text(unit.connection_id, Tone.MUTED),
    )


def lease_row(lease: LeaseRecord) -> tuple[Cell, ...]:
    """A lease."""
    return (
        text(lease.lease_id, Tone.STRONG),
        text(lease.unit_id),
        text(lease.property_id),
        text(lease.status),
        text(lease.resident_name),
        number(lease.occupant_count),
        text(lease.start_date),
        text(lease.end_date),
        number(lease.last_event_id),
        text(lease.connection_id, Tone.MUTED),
    )


def resident_row(resident: Resident) -> tuple[Cell, ...]:
    """A resident."""
    return (
        text(resident.resident_id, Tone.STRONG),
        text(resident.name),
        text(resident.unit_id),
        text(resident.lease_id),
        text(resident.property_id),
        text(resident.email),
        text(resident.phone),
        number(resident.last_event_id),
        text(resident.connection_id, Tone.MUTED),
    )


def refresh_row(refresh: Refresh) -> tuple[Cell, ...]:
    """A refresh, under way or over."""
    return (
        Cell(str(refresh.event_id)),
        moment(refresh.asked_at),
        text(refresh.connection_id),
        Cell(refresh.state.value, _REFRESHES.get(refresh.state, Tone.PLAIN)),
        Cell(describe_pages(refresh)),
        number(refresh.units),
        number(refresh.leases),
        Cell(describe_findings(refresh)),
        text(describe_remark(refresh, datetime.now(UTC)), Tone.MUTED),
    )


_REFRESHES = {
    RefreshState.DONE: Tone.SUCCESS,
    RefreshState.FAILED: Tone.ERROR,
    RefreshState.FETCHING: Tone.ACCENT,
}


def _standing(unit: Unit) -> Cell:
    """The status; with what does not fit to it, where something does not."""
    if unit.missing_since is not None:
        return Cell("missing", Tone.WARNING)
    standing = describe_standing(unit, datetime.now(UTC).date())
    return text(standing, Tone.WARNING) if standing else text(unit.status)


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
        Cell(_notification_kind(notification), Tone.ACCENT),
        text(notification.text, Tone.MUTED if notification.dismissed_at else Tone.PLAIN),
        Cell("–" if notification.event_id is None else str(notification.event_id)),
    )


def _notification_kind(notification: Notification) -> str:
    kind = notification.kind.replace("_", " ")
    return f"{kind}, dismissed" if notification.dismissed_at else kind


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
