"""Which connections and properties are known, and which of them are processed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store.records import ConnectionRecord, PropertyState
from store.structure.rows import from_row
from store.structure.tables import CONNECTIONS, PROPERTIES, from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_MOST_CONNECTIONS = 200
_MOST_IN_REVIEW = 100
_UNITS_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Registry:
    """Connections and properties."""

    connections: tuple[ConnectionRecord, ...]
    """Those that are not registered first, then by their events."""
    registered: int
    properties: dict[PropertyState, int]
    """How many there are in each state."""
    in_review: tuple[tuple[str, str], ...]
    """Connection and property of those that wait for a decision, newest first."""


@dataclass(frozen=True, slots=True)
class MissingUnits:
    """Units that the last refresh did not find any more."""

    count: int
    """At most 1,000."""
    since: datetime | None
    """When the first of them was missed."""


def read_registry(connection: Connection) -> Registry:
    """The connections and properties as they are now."""
    found = connection.execute(
        select(CONNECTIONS)
        .order_by(CONNECTIONS.c.registered, CONNECTIONS.c.events.desc())
        .limit(_MOST_CONNECTIONS)
    )
    registered = connection.execute(
        select(func.count()).select_from(CONNECTIONS).where(CONNECTIONS.c.registered)
    ).scalar_one()
    states = connection.execute(
        select(PROPERTIES.c.state, func.count()).group_by(PROPERTIES.c.state)
    ).all()
    review = connection.execute(
        select(PROPERTIES.c.connection_id, PROPERTIES.c.property_id)
        .where(PROPERTIES.c.state == PropertyState.REVIEW)
        .order_by(PROPERTIES.c.last_event_id.desc())
        .limit(_MOST_IN_REVIEW)
    ).all()
    return Registry(
        connections=tuple(from_row(ConnectionRecord, row) for row in found.mappings()),
        registered=registered,
        properties={PropertyState(state): count for state, count in states},
        in_review=tuple((row[0], row[1]) for row in review),
    )


def missing_units(connection: Connection) -> MissingUnits:
    """The units that are marked as missing."""
    count, since = connection.exec_driver_sql(
        "SELECT count(*), min(missing_since) FROM"
        " (SELECT missing_since FROM units WHERE missing_since IS NOT NULL LIMIT ?)",
        (_UNITS_COUNTED,),
    ).one()
    return MissingUnits(count, None if since is None else from_micros(since))
