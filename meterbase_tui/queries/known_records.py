"""Everything that the screen of records lists, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meterbase_tui.queries.division import PropertyDivision, read_division
from store.connections import list_connections, list_properties
from store.notifications import list_notifications
from store.reading.filters import Filters
from store.reading.tenancies import list_leases, list_residents
from store.reading.units import list_changes, list_units
from store.records import PropertyState

if TYPE_CHECKING:
    from receiver.billing.bills import Allocation
    from store.reader import Connection
    from store.records import (
        ConnectionRecord,
        LeaseRecord,
        Notification,
        Property,
        Resident,
        Unit,
    )

MOST = 500
"""So many lines of a kind are listed; the commands list all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecords:
    """What the store knows, in the order in which it is listed."""

    properties: tuple[Property, ...] = ()
    connections: tuple[ConnectionRecord, ...] = ()
    units: tuple[Unit, ...] = ()
    leases: tuple[LeaseRecord, ...] = ()
    residents: tuple[Resident, ...] = ()
    notifications: tuple[Notification, ...] = ()
    """Of leases, residents and notifications, the newest 500 each."""
    division: PropertyDivision | None = None
    """The bill that was asked for; None when no property is linked."""

    @property
    def linked(self) -> list[Property]:
        """The properties whose events are processed."""
        return _linked(self.properties)

    def keys(self, kind: str) -> list[tuple[str, ...]]:
        """What tells the records of a kind apart, in the order in which they are listed."""
        if kind == "properties":
            return [(each.connection_id, each.property_id) for each in self.properties]
        if kind == "connections":
            return [(each.connection_id,) for each in self.connections]
        if kind == "units":
            return [(each.connection_id, each.unit_id) for each in self.units]
        if kind == "leases":
            return [(each.connection_id, each.lease_id) for each in self.leases]
        if kind == "residents":
            return [(each.connection_id, each.resident_id) for each in self.residents]
        return [(str(each.id),) for each in self.notifications] if kind == "notifications" else []


def read_records(
    connection: Connection, allocation: Allocation, billed: int, *, dismissed: bool = False
) -> KnownRecords:
    """Reads all of them.

    Args:
        connection: where to read.
        allocation: how bills are divided.
        billed: the place, among the linked properties, of the one whose bill is divided; round and
            round.
        dismissed: whether notifications that were dismissed are wanted, too.
    """
    properties = tuple(list_properties(connection))
    linked = _linked(properties)
    division = None
    if linked:
        division = _divide(connection, linked[billed % len(linked)], allocation)
    return KnownRecords(
        properties=properties,
        connections=tuple(list_connections(connection)),
        units=tuple(list_units(connection, limit=0)),
        leases=tuple(list_leases(connection, limit=MOST)),
        residents=tuple(list_residents(connection, limit=MOST)),
        notifications=tuple(list_notifications(connection, dismissed=dismissed, limit=MOST)),
        division=division,
    )


def _divide(connection: Connection, record: Property, allocation: Allocation) -> PropertyDivision:
    """A bill now, and before the last event that changed it."""
    filters = Filters(connection_id=record.connection_id, property_id=record.property_id)
    changes = list_changes(connection, filters, limit=MOST)
    newest = next((each.event_id for each in changes if each.affects_rubs), None)
    return read_division(connection, record, allocation, newest)


def _linked(properties: tuple[Property, ...]) -> list[Property]:
    return [each for each in properties if each.state is PropertyState.LINKED]
