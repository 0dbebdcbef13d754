"""The tables, typed. Private to the store: everything outside sees `store.records`.

`deliveries` is the inbox: appended to and never changed, with no index but its key and partial ones
of refusals and repetitions, which an accepted first delivery does not touch. What a delivery led to
lives in other tables, so that acknowledging costs one insert and one fsync a batch.
"""

from __future__ import annotations

from store.structure.tables.base import METADATA, Instant, Number, from_micros, to_micros
from store.structure.tables.changes import CHANGES, NOTIFICATIONS, REFRESHES, SYNCS
from store.structure.tables.log import (
    ACKNOWLEDGEMENTS,
    DELIVERIES,
    DIAGNOSES,
    EVENTS,
    PROGRESS,
    SEARCH_INDEX,
)
from store.structure.tables.portfolio import (
    CONNECTIONS,
    LEASES,
    PROPERTIES,
    RESIDENTS,
    UNITS,
)

__all__ = [
    "ACKNOWLEDGEMENTS",
    "CHANGES",
    "CONNECTIONS",
    "DELIVERIES",
    "DIAGNOSES",
    "EVENTS",
    "LEASES",
    "METADATA",
    "NOTIFICATIONS",
    "PROGRESS",
    "PROPERTIES",
    "REFRESHES",
    "RESIDENTS",
    "SEARCH_INDEX",
    "SYNCS",
    "UNITS",
    "Instant",
    "Number",
    "from_micros",
    "to_micros",
]
