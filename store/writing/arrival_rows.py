"""Arrivals as rows of the inbox, many to a statement."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from store.headers import encode_headers
from store.records import EventFacts
from store.statements import INSERT_MANY, in_parts
from store.structure.tables import DELIVERIES, to_micros

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from store.records import Arrival, Receipt

Row: TypeAlias = tuple[Any, ...]
_REQUESTS = DELIVERIES.c.requests
"""Of the row of a flood only; see `note_requests`."""
_COLUMNS = [column.name for column in DELIVERIES.c if column is not _REQUESTS]
_ROW = f"({', '.join('?' * len(_COLUMNS))})"


def insert_rows(driver: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Inserts what `make_row` gave, in few statements."""
    for part in in_parts(rows):
        driver.execute(_insert(len(part)), tuple(chain.from_iterable(part)))


def note_requests(driver: sqlite3.Connection, counts: Sequence[tuple[int, int]]) -> None:
    """Notes how many requests rows stand for: pairs of that and the delivery's number.

    Apart from the insert, whose time every delivery takes.
    """
    driver.executemany("UPDATE deliveries SET requests = ? WHERE id = ?", counts)


@cache
def _insert(rows: int) -> str:
    values = ", ".join([_ROW] * rows)
    return f"{INSERT_MANY} deliveries ({', '.join(_COLUMNS)}) VALUES {values}"


_NO_FACTS = (None,) * len(EventFacts._fields)


def make_row(arrival: Arrival, receipt: Receipt) -> Row:
    """An arrival as a row; the headers and the body are its last two values."""
    facts = arrival.facts
    # They are in the order of their columns.
    told = _NO_FACTS if facts is None else (*facts[:2], to_micros(facts.timestamp), *facts[3:])
    return (
        receipt.delivery_id,
        to_micros(arrival.received_at),
        # Plain texts: the driver looks for an adapter of any other type. `_value_` is `value`,
        # without a call of Python's own.
        arrival.origin._value_,
        arrival.replay_of,
        arrival.method,
        arrival.path,
        arrival.status,
        arrival.verdict._value_,
        arrival.explanation,
        receipt.event_id,
        *told,
        arrival.size,
        arrival.body_sha256,
        encode_headers(arrival.headers),
        arrival.body,
    )
