"""How each kind of record is listed: its columns for people, its fields for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from meterbase_tui.cli import rows
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.exports import json_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from meterbase_tui.cli.console import Console
    from meterbase_tui.exports.json_fields import Fields
    from meterbase_tui.widgets.rows import Cell
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

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[_T]):
    """How records of one kind are printed."""

    columns: tuple[Column, ...]
    row: Callable[[_T], tuple[Cell, ...]]
    fields: Callable[[_T], Fields]
    empty: str
    """What to say, on standard error, when there are none."""

    def print(self, console: Console, records: Iterable[_T], *, as_json: bool) -> None:
        """Prints records: one JSON object a line, or a table."""
        with console.paged():
            if as_json:
                for record in records:
                    console.json_line(self.fields(record))
            elif table := [self.row(record) for record in records]:
                print_table(console, self.columns, table)
            else:
                console.say(self.empty)


_ID = Column("ID", 10, align="right")
_CONNECTION = Column("Connection", 1, 12)
DELIVERIES: Listing[Delivery] = Listing(
    (
        _ID,
        Column("Received", 7, 19),
        Column("Event", 9, 13),
        Column("About", 8, 16),
        Column("Signature", 8, 9),
        Column("Status", 6, align="right"),
        Column("Answer", 2, align="right"),
        Column("Processing", 7, 12),
        Column("Size", 1, align="right"),
        Column("Note", 3, 9),
    ),
    rows.delivery_row,
    json_fields.delivery_fields,
    "There are no such deliveries. Send one with: meterbase-tui send test_ping",
)
EVENTS: Listing[Event] = Listing(
    (
        _ID,
        Column("Received", 7, 19),
        Column("Event", 9, 13),
        Column("About", 8, 16),
        _CONNECTION,
        Column("State", 8, 16),
        Column("Deliveries", 3, align="right"),
        Column("Remark", 4, 12),
    ),
    rows.event_row,
    json_fields.event_fields,
    "There are no such events.",
)
UNITS: Listing[Unit] = Listing(
    (
        Column("Unit", 10, 8),
        Column("ID", 9, 12),
        Column("Property", 6),
        Column("Status", 8),
        Column("Sqft", 5, align="right"),
        Column("Beds", 4, align="right"),
        Column("Baths", 4, align="right"),
        Column("Occupants", 5, align="right"),
        Column("Lease", 7, 16),
        Column("Updated", 3, 19),
        _CONNECTION,
    ),
    rows.unit_row,
    json_fields.unit_fields,
    "There are no such units.",
)
LEASES: Listing[LeaseRecord] = Listing(
    (
        Column("Lease", 10, 12),
        Column("Unit", 9, 12),
        Column("Property", 6),
        Column("Status", 8),
        Column("Resident", 7, 12),
        Column("Occupants", 5, align="right"),
        Column("From", 6),
        Column("To", 6),
        Column("Event", 2, align="right"),
        _CONNECTION,
    ),
    rows.lease_row,
    json_fields.lease_fields,
    "There are no such leases.",
)
RESIDENTS: Listing[Resident] = Listing(
    (
        Column("Resident", 10, 12),
        Column("Name", 9, 12),
        Column("Unit", 8, 12),
        Column("Lease", 7, 12),
        Column("Property", 6),
        Column("Email", 4, 12),
        Column("Phone", 3, 12),
        Column("Event", 2, align="right"),
        _CONNECTION,
    ),
    rows.resident_row,
    json_fields.resident_fields,
    "There are no such residents.",
)
REFRESHES: Listing[Refresh] = Listing(
    (
        Column("Event", 10, align="right"),
        Column("Asked", 6, 19),
        Column("Connection", 7, 12),
        Column("State", 9),
        Column("Pages", 6, align="right"),
        Column("Units", 6, align="right"),
        Column("Leases", 5, align="right"),
        Column("Found", 8, 16),
        Column("Remark", 4, 16),
    ),
    rows.refresh_row,
    json_fields.refresh_fields,
    "There were no such refreshes. One follows each sync.complete.",
)
CHANGES: Listing[Change] = Listing(
    (
        _ID,
        Column("Time", 7, 19),
        Column("Unit", 9, 8),
        Column("Field", 9, 14),
        Column("Old → new", 8, 16),
        Column("RUBS", 6),
        Column("Event", 2, align="right"),
        Column("Source", 1),
    ),
    rows.change_row,
    json_fields.change_fields,
    "There are no such changes.",
)
NOTIFICATIONS: Listing[Notification] = Listing(
    (
        _ID,
        Column("Time", 7, 19),
        Column("Kind", 8),
        Column("Text", 9, 20),
        Column("Event", 2, align="right"),
    ),
    rows.notification_row,
    json_fields.notification_fields,
    "There are no such notifications.",
)
PROPERTIES: Listing[Property] = Listing(
    (
        Column("Property", 10, 12),
        Column("Name", 8),
        Column("State", 9),
        Column("Units", 5, align="right"),
        Column("Address", 3),
        _CONNECTION,
    ),
    rows.property_row,
    json_fields.property_fields,
    "There are no such properties.",
)
CONNECTIONS: Listing[ConnectionRecord] = Listing(
    (
        Column("Connection", 10, 12),
        Column("Name", 8),
        Column("Registered", 9),
        Column("Events", 5, align="right"),
        Column("Last event", 4, 19),
        Column("Last sync", 3, 19),
    ),
    rows.connection_row,
    json_fields.connection_fields,
    "There are no such connections.",
)
