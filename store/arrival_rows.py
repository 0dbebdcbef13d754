"""Arrivals as rows of the inbox, many to a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.headers import encode_headers
from store.tables import DeliveryRow, to_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.records import Arrival, Receipt

_COLUMNS = [column.name for column in DeliveryRow.__table__.columns]
_INSERT = f"INSERT INTO deliveries ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own names
_ROW = f"({', '.join('?' * len(_COLUMNS))})"


def insert_rows(connection: Connection, parameters: list[Any]) -> None:
    """Inserts rows in few statements.

    Args:
        connection: the writer's.
        parameters: the values of `make_row`, of one row after the other.
    """
    width, start = len(_COLUMNS), 0
    left = len(parameters) // width
    while left:
        # The largest power of two that fits: each size is a statement that SQLite keeps compiled.
        # One of every size up to 256 would take 60 MB, and 3 ms when it is met first.
        size = 1 << left.bit_length() - 1
        part = parameters[start : start + size * width]
        connection.exec_driver_sql(_INSERT + ", ".join([_ROW] * size), tuple(part))
        start += size * width
        left -= size


def make_row(arrival: Arrival, receipt: Receipt) -> tuple[Any, ...]:
    """An arrival as a row; the headers and the body are its last two values."""
    facts = arrival.facts
    return (
        receipt.delivery_id,
        to_micros(arrival.received_at),
        arrival.origin.value,  # a plain text: the driver looks for an adapter of any other type
        arrival.replay_of,
        arrival.method,
        arrival.path,
        arrival.status,
        arrival.verdict.value,
        arrival.explanation,
        receipt.event_id,
        facts and facts.identity,
        facts and facts.event,
        facts and to_micros(facts.timestamp),
        facts and facts.connection_id,
        facts and facts.resource_type,
        facts and facts.resource_id,
        facts and facts.property_id,
        arrival.size,
        arrival.body_sha256,
        encode_headers(arrival.headers),
        arrival.body,
    )
