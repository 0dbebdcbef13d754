"""The vocabulary of the house: what a delivery, an event, a unit and a change are.

Frozen dataclasses, enumerations, and tuples with names for what every request makes: a tuple takes
a third of the time. No SQL, no I/O. The words are those of the published
contract, so that a field has one name in the store, on the screen and in the JSON output.

Instants are aware `datetime` objects in UTC; ids of records are the sender's own texts.
"""

from __future__ import annotations

from store.records.arrivals import Arrival, EventFacts, Headers, Json, Receipt
from store.records.changes import Change, Notification, Sync
from store.records.log import Content, Delivery, Event
from store.records.portfolio import ConnectionRecord, Lease, LeaseRecord, Property, Resident, Unit
from store.records.words import (
    ChangeSource,
    EventState,
    NotificationKind,
    Occupancy,
    Origin,
    Outcome,
    PropertyState,
    Reason,
    Verdict,
)

__all__ = [
    "Arrival",
    "Change",
    "ChangeSource",
    "ConnectionRecord",
    "Content",
    "Delivery",
    "Event",
    "EventFacts",
    "EventState",
    "Headers",
    "Json",
    "Lease",
    "LeaseRecord",
    "Notification",
    "NotificationKind",
    "Occupancy",
    "Origin",
    "Outcome",
    "Property",
    "PropertyState",
    "Reason",
    "Receipt",
    "Resident",
    "Sync",
    "Unit",
    "Verdict",
]
