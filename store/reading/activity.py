"""How much arrives and how fast it is answered: counted from where the last look ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.structure.tables import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_MOST_NEW = 20_000
"""A look reads no more than the newest of what is new: a screen that was closed counts no days."""
_STEP = 200
_MOST_TIMES = 1_000


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Requests of one minute, as far as one look saw their deliveries."""

    minute: int
    """Whole minutes since 1970 in UTC."""
    accepted: int
    refused: int


def arrivals_after(
    connection: Connection, delivery_id: int, since: datetime
) -> tuple[int, list[Arrivals]]:
    """Counts the deliveries above an id by the minute in which they arrived.

    Args:
        connection: the store.
        delivery_id: where the last look ended; 0 for the first.
        since: what arrived before may be left out, so that the first look at a long log is short.

    Returns:
        Where this look ended, and the counts; of more than 20,000 new deliveries the newest.
    """
    newest = connection.exec_driver_sql("SELECT max(id) FROM deliveries").scalar() or 0
    after = _skip_older(connection, range(max(delivery_id, newest - _MOST_NEW), newest), since)
    rows = connection.exec_driver_sql(
        "SELECT received_at / 60000000, count(event_id),"
        " count(*) - count(event_id) + coalesce(sum(requests - 1), 0)"
        " FROM deliveries WHERE id > ? AND id <= ? GROUP BY 1 ORDER BY 1",
        (after, newest),
    )
    return int(newest), [Arrivals(*row) for row in rows]


def _skip_older(connection: Connection, numbers: range, since: datetime) -> int:
    """The number after which to count; going back from the newest, one row of many is read."""
    at = to_micros(since)
    for number in numbers[::-_STEP][1:]:
        arrived = connection.exec_driver_sql(
            "SELECT received_at FROM deliveries WHERE id > ? ORDER BY id LIMIT 1", (number,)
        ).scalar()
        if arrived is None or arrived < at:
            return number
    return numbers.start


def recent_answer_times(connection: Connection, count: int = _MOST_TIMES) -> list[float]:
    """How long the newest answers took, in milliseconds, the newest first."""
    rows = connection.exec_driver_sql(
        "SELECT ms FROM acknowledgements ORDER BY delivery_id DESC LIMIT ?", (count,)
    )
    return [float(ms) for (ms,) in rows]
