"""The few numbers that are always in view, without counting the whole log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.structure.tables import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_MOST_A_MINUTE = 2_000
"""More deliveries than these in the last minute are not counted: it would cost the screen."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is in a store."""

    deliveries: int
    """Every delivery ever numbered, also those that were pruned since."""
    refused: int
    """Refused deliveries that are kept."""
    pending: int
    failed: int
    recent: int
    """Deliveries since the instant that was asked for, at most 2,000."""
    refused_requests: int
    """As `refused`, with the requests of floods that some of them stand for."""


def read_totals(connection: Connection, since: datetime) -> Totals:
    """The numbers as they are now, by small indexes and the ends of the log."""
    refused = _scalar(connection, "SELECT count(*) FROM deliveries WHERE event_id IS NULL")
    return Totals(
        deliveries=_newest(connection),
        refused=refused,
        refused_requests=refused
        + _scalar(
            connection, "SELECT sum(requests - 1) FROM deliveries WHERE requests IS NOT NULL"
        ),
        pending=count_pending(connection),
        failed=_scalar(
            connection,
            "SELECT count(*) FROM events WHERE state IN ('failed', 'ignored') AND state = 'failed'",
        ),
        recent=_scalar(
            connection,
            "SELECT count(*) FROM (SELECT received_at FROM deliveries ORDER BY id DESC LIMIT ?)"
            " WHERE received_at >= ?",
            _MOST_A_MINUTE,
            to_micros(since),
        ),
    )


def count_pending(connection: Connection) -> int:
    """Events that wait, and accepted deliveries that the processor has not come to.

    Of those, repetitions count for a moment.
    """
    newest = _newest(connection)
    admitted = _scalar(connection, "SELECT value FROM progress WHERE name = 'admitted'")
    queued = _scalar(
        connection, "SELECT count(*) FROM events WHERE state IN ('pending', 'processing')"
    )
    refused = _scalar(
        connection, "SELECT count(*) FROM deliveries WHERE event_id IS NULL AND id > ?", admitted
    )
    return max(0, newest - admitted - refused) + queued


def _newest(connection: Connection) -> int:
    return _scalar(connection, "SELECT max(id) FROM deliveries")


def _scalar(connection: Connection, statement: str, *parameters: int) -> int:
    return int(connection.exec_driver_sql(statement, parameters).scalar() or 0)
