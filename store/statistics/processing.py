"""How processing goes: what waits, what failed, what was ignored, and how the newest ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.reading.totals import count_pending
from store.records import Outcome, Reason
from store.structure.tables import from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

COUNTED = 10_000
"""Whatever is counted is counted up to here: more than that is "10,000 or more"."""
_FAILURES_LOOKED_AT = 1_000
_IGNORED_LOOKED_AT = 2_000
_MOST_GROUPS = 50
_ENDS = 500
_NOTICES_LOOKED_AT = 1_000
_PACE_OF, _PACE_WITHIN_MICROS = 5_000, 10_000_000
"""The newest ends of processing that say how fast it is."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The newest ends of processing, as far as they lie close together."""

    events: int
    since: datetime
    until: datetime

    @property
    def a_second(self) -> float | None:
        """Events a second; None where they ended all at once."""
        seconds = (self.until - self.since).total_seconds()
        return self.events / seconds if seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Accepted deliveries that are still to be processed."""

    waiting: int
    """Not looked at yet, or in the queue."""
    oldest: datetime | None
    """When the oldest that was never tried arrived."""
    pace: Pace | None = None
    """How fast it is worked off; None where nothing waits, or nothing was processed."""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Events that were set aside for the same reason."""

    error: str | None
    count: int
    newest_id: int
    last_at: datetime
    """When the newest of them arrived."""


@dataclass(frozen=True, slots=True)
class IgnoredGroup:
    """Events that were ignored for the same reason, of one connection and property."""

    reason: Reason
    connection_id: str | None
    property_id: str | None
    count: int
    newest_id: int
    last_at: datetime
    """When the newest of them arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentEnds:
    """How the events ended whose processing ended last."""

    looked_at: int
    outcomes: dict[Outcome, int]
    reasons: dict[Reason, int]
    newest_stale_id: int | None = None
    sync_id: int | None = None
    """The event of the newest `sync.complete`."""
    sync_outcome: Outcome | None = None
    sync_error: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """An event that told of another past than the one that is known here."""

    at: datetime
    text: str
    event_id: int | None


def recent_drift(connection: Connection) -> tuple[Drift, ...]:
    """The newest notifications of drift, newest first."""
    rows = connection.exec_driver_sql(
        "SELECT at, text, event_id FROM"
        " (SELECT id, at, text, event_id, kind FROM notifications ORDER BY id DESC LIMIT ?)"
        " WHERE kind = 'drift' ORDER BY id DESC LIMIT ?",
        (_NOTICES_LOOKED_AT, _MOST_GROUPS),
    )
    return tuple(Drift(from_micros(row[0]), row[1], row[2]) for row in rows)


def read_backlog(connection: Connection) -> Backlog:
    """What waits: deliveries that are no events yet, and events in the queue."""
    fresh_oldest = connection.exec_driver_sql(
        "SELECT min(received_at) FROM (SELECT received_at FROM deliveries NOT INDEXED"
        " WHERE id > (SELECT value FROM progress WHERE name = 'admitted') AND event_id = id"
        " ORDER BY id LIMIT ?)",
        (COUNTED,),
    ).scalar_one()
    # An event that is processed once more arrived long ago, and has not waited since.
    queued_oldest = connection.exec_driver_sql(
        "SELECT min(received_at) FROM (SELECT received_at, attempts FROM events"
        " WHERE state IN ('pending', 'processing') ORDER BY id LIMIT ?) WHERE attempts = 0",
        (COUNTED // 10,),
    ).scalar_one()
    arrivals = [at for at in (fresh_oldest, queued_oldest) if at is not None]
    waiting = count_pending(connection)
    return Backlog(
        waiting,
        from_micros(min(arrivals)) if arrivals else None,
        _read_pace(connection) if waiting else None,
    )


def _read_pace(connection: Connection) -> Pace | None:
    newest = "SELECT processed_at FROM events WHERE finish IS NOT NULL ORDER BY finish DESC LIMIT ?"
    events, since, until = connection.exec_driver_sql(
        f"WITH newest AS ({newest})"  # noqa: S608 - our own
        " SELECT count(*), min(processed_at), max(processed_at) FROM newest"
        " WHERE processed_at > (SELECT max(processed_at) FROM newest) - ?",
        (_PACE_OF, _PACE_WITHIN_MICROS),
    ).one()
    return Pace(events, from_micros(since), from_micros(until)) if events else None


def failure_groups(connection: Connection) -> tuple[FailureGroup, ...]:
    """The newest events that were set aside, by their error, the most frequent first."""
    rows = connection.exec_driver_sql(
        "SELECT error, count(*) AS n, max(id), max(received_at) FROM"
        " (SELECT id, error, received_at FROM events"
        " WHERE state IN ('failed', 'ignored') AND state = 'failed' ORDER BY id DESC LIMIT ?)"
        " GROUP BY error ORDER BY n DESC, max(id) DESC LIMIT ?",
        (_FAILURES_LOOKED_AT, _MOST_GROUPS),
    )
    return tuple(FailureGroup(row[0], row[1], row[2], from_micros(row[3])) for row in rows)


def ignored_groups(connection: Connection) -> tuple[IgnoredGroup, ...]:
    """The newest events that were ignored, by reason, connection and property."""
    rows = connection.exec_driver_sql(
        "SELECT reason, connection_id, property_id, count(*) AS n, max(id), max(received_at) FROM"
        " (SELECT id, reason, connection_id, property_id, received_at FROM events"
        " WHERE state IN ('failed', 'ignored') AND state = 'ignored' ORDER BY id DESC LIMIT ?)"
        " WHERE reason IS NOT NULL"
        " GROUP BY reason, connection_id, property_id ORDER BY n DESC, max(id) DESC LIMIT ?",
        (_IGNORED_LOOKED_AT, _MOST_GROUPS),
    )
    return tuple(
        IgnoredGroup(Reason(row[0]), row[1], row[2], row[3], row[4], from_micros(row[5]))
        for row in rows
    )


def recent_ends(connection: Connection, *, newest: int = _ENDS) -> RecentEnds:
    """How the newest ends of processing turned out."""
    rows = connection.exec_driver_sql(
        "SELECT id, event, outcome, reason, error FROM events"
        " WHERE finish IS NOT NULL ORDER BY finish DESC LIMIT ?",
        (newest,),
    ).all()
    sync = next((row for row in rows if row[1] == "sync.complete"), None)
    return RecentEnds(
        looked_at=len(rows),
        outcomes=dict(Counter(Outcome(row[2]) for row in rows if row[2])),
        reasons=dict(Counter(Reason(row[3]) for row in rows if row[3])),
        newest_stale_id=next((row[0] for row in rows if row[3] == Reason.STALE), None),
        sync_id=sync[0] if sync else None,
        sync_outcome=Outcome(sync[2]) if sync and sync[2] else None,
        sync_error=sync[4] if sync else None,
    )
