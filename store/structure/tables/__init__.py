"""The tables, typed. Private to the store: everything outside sees `store.records`.

`deliveries` is the inbox: appended to and never changed, with no index but its key and partial ones
of refusals and repetitions, which an accepted first delivery does not touch. What a delivery led to
lives in other tables, so that acknowledging costs one insert and one fsync a batch.
"""

from __future__ import annotations

from store.structure.tables.base import Base, Instant, Number, from_micros, to_micros
from store.structure.tables.changes import ChangeRow, NotificationRow, RefreshRow, SyncRow
from store.structure.tables.log import (
    SEARCH_INDEX,
    AcknowledgementRow,
    DeliveryRow,
    DiagnosisRow,
    EventRow,
    ProgressRow,
)
from store.structure.tables.portfolio import (
    ConnectionRow,
    LeaseRow,
    PropertyRow,
    ResidentRow,
    UnitRow,
)

__all__ = [
    "SEARCH_INDEX",
    "AcknowledgementRow",
    "Base",
    "ChangeRow",
    "ConnectionRow",
    "DeliveryRow",
    "DiagnosisRow",
    "EventRow",
    "Instant",
    "LeaseRow",
    "NotificationRow",
    "Number",
    "ProgressRow",
    "PropertyRow",
    "RefreshRow",
    "ResidentRow",
    "SyncRow",
    "UnitRow",
    "from_micros",
    "to_micros",
]
