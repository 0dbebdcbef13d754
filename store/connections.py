"""Connections and properties: what is registered and linked, and what is only seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store.processing.ledger import Ledger
from store.records import ConnectionRecord, Property, PropertyState
from store.structure.rows import from_row
from store.structure.tables import CONNECTIONS, PROPERTIES, UNITS

if TYPE_CHECKING:
    from sqlalchemy import Connection

SAMPLE_CONNECTION = "conn_abc123"
SAMPLE_PROPERTY = "prop_001"


def add_sample(connection: Connection) -> None:
    """Registers the connection and links the property that the published examples speak of."""
    ledger = Ledger(connection)
    ledger.put(
        ConnectionRecord(connection_id=SAMPLE_CONNECTION, name="Sample connection", registered=True)
    )
    ledger.put(
        Property(
            connection_id=SAMPLE_CONNECTION,
            property_id=SAMPLE_PROPERTY,
            name="Sample building",
            state=PropertyState.LINKED,
        )
    )
    ledger.flush()


def list_connections(connection: Connection, *, limit: int = 0) -> list[ConnectionRecord]:
    """Connections, the one last heard of first; `limit` 0 gives all."""
    statement = select(CONNECTIONS).order_by(
        CONNECTIONS.c.last_event_at.desc().nulls_last(), CONNECTIONS.c.connection_id
    )
    rows = connection.execute(statement.limit(limit or None)).mappings().all()
    return [from_row(ConnectionRecord, row) for row in rows]


def list_properties(
    connection: Connection,
    *,
    connection_id: str | None = None,
    state: PropertyState | None = None,
    limit: int = 0,
) -> list[Property]:
    """Properties with the number of units known of each, those to review first."""
    counted = (
        select(UNITS.c.connection_id, UNITS.c.property_id, func.count().label("units"))
        .group_by(UNITS.c.connection_id, UNITS.c.property_id)
        .subquery()
    )
    statement = (
        select(PROPERTIES, func.coalesce(counted.c.units, 0).label("units"))
        .outerjoin(
            counted,
            (PROPERTIES.c.connection_id == counted.c.connection_id)
            & (PROPERTIES.c.property_id == counted.c.property_id),
        )
        .order_by(
            PROPERTIES.c.state != PropertyState.REVIEW,
            PROPERTIES.c.last_event_id.desc().nulls_last(),
            PROPERTIES.c.connection_id,
            PROPERTIES.c.property_id,
        )
        .limit(limit or None)
    )
    if connection_id is not None:
        statement = statement.where(PROPERTIES.c.connection_id == connection_id)
    if state is not None:
        statement = statement.where(PROPERTIES.c.state == state)
    rows = connection.execute(statement).mappings().all()
    return [from_row(Property, row) for row in rows]


def register_connection(connection: Connection, connection_id: str, name: str | None) -> bool:
    """Registers a connection, or names it anew. Returns whether it was not registered before."""
    ledger = Ledger(connection)
    known = ledger.connection(connection_id) or ConnectionRecord(connection_id=connection_id)
    changed = ConnectionRecord(
        connection_id=connection_id,
        name=name or known.name,
        registered=True,
        events=known.events,
        last_event_at=known.last_event_at,
        last_sync_at=known.last_sync_at,
    )
    ledger.put(changed)
    ledger.flush()
    return not known.registered


def unregister_connection(connection: Connection, connection_id: str) -> bool:
    """Stops processing a connection's events. Returns whether it was registered."""
    result = connection.exec_driver_sql(
        "UPDATE connections SET registered = 0 WHERE connection_id = ? AND registered",
        (connection_id,),
    )
    return result.rowcount > 0


def set_property_state(
    connection: Connection, connection_id: str, property_id: str, state: PropertyState
) -> Property:
    """Links a property, or stops processing it; one not heard of yet is created."""
    ledger = Ledger(connection)
    known = ledger.property(connection_id, property_id)
    blank = Property(connection_id=connection_id, property_id=property_id)
    changed = replace(known or blank, state=state)
    ledger.put(changed)
    ledger.flush()
    return changed
