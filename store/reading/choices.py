"""What there is to choose from when a listing is narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """Values that occur, for each condition that takes free text."""

    events: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def read_choices(connection: Connection) -> Choices:
    """The kinds among the newest 2,000 events, and up to 500 of each kind of record."""
    return Choices(
        events=_texts(
            connection,
            "SELECT DISTINCT event FROM"
            " (SELECT event FROM events ORDER BY id DESC LIMIT 2000) ORDER BY event",
        ),
        connections=_ids(connection, "connections", "connection_id"),
        properties=_ids(connection, "properties", "property_id"),
        units=_ids(connection, "units", "unit_id"),
    )


def _ids(connection: Connection, table: str, column: str) -> tuple[str, ...]:
    return _texts(
        connection,
        f"SELECT DISTINCT {column} FROM {table} ORDER BY {column} LIMIT {_MOST}",  # noqa: S608
    )


def _texts(connection: Connection, statement: str) -> tuple[str, ...]:
    return tuple(text for (text,) in connection.exec_driver_sql(statement) if text)
