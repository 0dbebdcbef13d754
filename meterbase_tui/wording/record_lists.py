"""Which columns the kinds of records have, and what stands in them. Pure.

Every text that came from outside passes `visible` on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets.option_list import Option

from meterbase_tui.text import visible
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.record_lines import draw_paragraph
from meterbase_tui.wording.values import local_instant
from receiver.billing.occupancy import describe_standing, occupancy_of
from store.records import PropertyState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from store.records import (
        ConnectionRecord,
        LeaseRecord,
        Notification,
        Property,
        Resident,
        Unit,
    )

_STATES = {
    PropertyState.LINKED: Cell("✓ linked", Tone.SUCCESS),
    PropertyState.REVIEW: Cell("! to review", Tone.WARNING),
    PropertyState.UNLINKED: Cell("○ not linked", Tone.MUTED),
}
_NOTHING = Cell("–", Tone.MUTED)

PROPERTY_COLUMNS = (
    Column("state", "State", 12, priority=9),
    Column("id", "Property", 12, share=2, max_width=28, priority=10),
    Column("name", "Name", 12, share=3, max_width=36, priority=6),
    Column("units", "Units", 6, align="right", priority=8),
    Column("connection", "Connection", 12, share=2, max_width=28, priority=5),
    Column("address", "Address", 24, share=3, max_width=48, priority=1),
)
CONNECTION_COLUMNS = (
    Column("state", "State", 12, priority=9),
    Column("id", "Connection", 12, share=2, max_width=32, priority=10),
    Column("name", "Name", 10, share=2, max_width=32, priority=5),
    Column("events", "Events", 7, align="right", priority=8),
    Column("heard", "Last event", 19, priority=7),
    Column("synced", "Last sync", 19, priority=3),
)
UNIT_COLUMNS = (
    Column("number", "Unit", 6, share=1, max_width=16, priority=10),
    Column("standing", "Standing", 26, share=4, max_width=62, priority=9),
    Column("property", "Property", 8, share=2, max_width=24, priority=8),
    Column("occupants", "Occ.", 4, align="right", priority=7),
    Column("sqft", "Sqft", 6, align="right", priority=6),
    Column("beds", "Beds", 4, align="right", priority=5),
    Column("lease", "Lease", 23, priority=2),
    Column("changed", "Last change", 19, priority=3),
)
LEASE_COLUMNS = (
    Column("id", "Lease", 10, share=1, max_width=20, priority=10),
    Column("who", "Resident", 12, share=2, max_width=32, priority=9),
    Column("status", "Status", 8, share=1, max_width=14, priority=7),
    Column("from", "From", 10, priority=6),
    Column("to", "To", 10, priority=5),
    Column("occupants", "Occ.", 4, align="right", priority=4),
    Column("unit", "Unit", 10, share=1, max_width=20, priority=8),
    Column("property", "Property", 10, share=1, max_width=20, priority=1),
)
RESIDENT_COLUMNS = (
    Column("id", "Resident", 10, share=1, max_width=20, priority=10),
    Column("name", "Name", 14, share=2, max_width=32, priority=9),
    Column("email", "E-mail", 18, share=3, max_width=40, priority=6),
    Column("phone", "Phone", 14, share=1, max_width=18, priority=5),
    Column("unit", "Unit", 10, share=1, max_width=20, priority=8),
    Column("lease", "Lease", 10, share=1, max_width=20, priority=2),
)


def property_cells(record: Property) -> tuple[Cell, ...]:
    """A property in the columns `PROPERTY_COLUMNS`."""
    return (
        _STATES[record.state],
        _text(record.property_id, Tone.STRONG),
        _text(record.name),
        Cell(f"{record.units:,}"),
        _text(record.connection_id, Tone.MUTED),
        _text(record.address, Tone.MUTED),
    )


def connection_cells(record: ConnectionRecord) -> tuple[Cell, ...]:
    """A connection in the columns `CONNECTION_COLUMNS`."""
    known = record.registered
    return (
        Cell("✓ registered", Tone.SUCCESS) if known else Cell("! unknown", Tone.WARNING),
        _text(record.connection_id, Tone.STRONG),
        _text(record.name),
        Cell(f"{record.events:,}"),
        Cell(local_instant(record.last_event_at)[:19], Tone.MUTED),
        Cell(local_instant(record.last_sync_at)[:19], Tone.MUTED),
    )


def unit_cells(unit: Unit, today: date) -> tuple[Cell, ...]:
    """A unit in the columns `UNIT_COLUMNS`; that it is no longer listed comes first of all."""
    standing = describe_standing(unit, today) or occupancy_of(unit).value
    gone = unit.missing_since is not None
    words = f"! no longer listed, was {standing}" if gone else standing
    return (
        _text(unit.unit_number or unit.unit_id, Tone.STRONG),
        _text(words, Tone.WARNING if gone else Tone.PLAIN),
        _text(unit.property_id, Tone.MUTED),
        _number(unit.occupant_count),
        _number(unit.sqft),
        _number(unit.bedrooms),
        _span(unit),
        Cell(local_instant(unit.updated_at)[:19], Tone.MUTED),
    )


def lease_cells(lease: LeaseRecord) -> tuple[Cell, ...]:
    """A lease in the columns `LEASE_COLUMNS`."""
    return (
        _text(lease.lease_id, Tone.STRONG),
        _text(lease.resident_name),
        _text(lease.status),
        _text(lease.start_date),
        _text(lease.end_date),
        _number(lease.occupant_count),
        _text(lease.unit_id, Tone.MUTED),
        _text(lease.property_id, Tone.MUTED),
    )


def resident_cells(resident: Resident) -> tuple[Cell, ...]:
    """A resident in the columns `RESIDENT_COLUMNS`."""
    return (
        _text(resident.resident_id, Tone.STRONG),
        _text(resident.name),
        _text(resident.email),
        _text(resident.phone),
        _text(resident.unit_id, Tone.MUTED),
        _text(resident.lease_id, Tone.MUTED),
    )


def draw_notifications(notifications: Sequence[Notification]) -> list[Option]:
    """Notifications with all of their words, newest first."""
    return [
        Option(draw_paragraph(_notification_head(each), visible(each.text, 2_000)), f"{at}")
        for at, each in enumerate(notifications)
    ]


def _notification_head(notification: Notification) -> list[Cell]:
    kind = notification.kind.value.replace("_", " ")
    head = [
        Cell(local_instant(notification.at)[:19], Tone.MUTED),
        Cell(f"{kind:<15}", Tone.ACCENT),
    ]
    if notification.event_id is not None:
        head.append(Cell(f"event {notification.event_id}", Tone.MUTED))
    if notification.dismissed_at is not None:
        head.append(Cell("✓ dismissed", Tone.SUCCESS))
    return head


def _span(unit: Unit) -> Cell:
    lease = unit.lease
    if lease is None or lease.start_date is None:
        return _NOTHING
    return _text(f"{lease.start_date}–{lease.end_date or 'open'}", Tone.MUTED)


def _text(text: str | None, tone: Tone = Tone.PLAIN) -> Cell:
    return _NOTHING if text is None else Cell(visible(text, 120), tone)


def _number(number: float | None) -> Cell:
    return _NOTHING if number is None else Cell(f"{number:,}")
