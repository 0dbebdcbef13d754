"""Refreshes: what follows a `sync.complete`, from being asked for to its end.

A refresh belongs to the event that asked for it, which is `processing` for as long. Both are
written in one transaction, so whatever a crash left open is found again and run once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, select, update

from store.structure.tables import REFRESHES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

_OPEN: ColumnElement[bool] = literal_column("state IN ('waiting', 'fetching')")


class RefreshState(StrEnum):
    """How far a refresh has come."""

    WAITING = "waiting"
    FETCHING = "fetching"
    DONE = "done"
    #: There was nothing to refresh; `Refresh.problem` says why.
    SKIPPED = "skipped"
    #: Given up; `Refresh.problem` says why, and `reprocess` tries again.
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """The refresh that a `sync.complete` asked for."""

    event_id: int
    connection_id: str
    state: RefreshState
    asked_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    requests: int = 0
    """Pages that were fetched."""
    requests_expected: int | None = None
    """How many pages there will be, as far as the counts that are known tell."""
    units: int = 0
    leases: int = 0
    """What was fetched so far, each record once."""
    retries: int = 0
    """Requests that failed and were tried again."""
    retry_at: datetime | None = None
    """When the next try is due, while one is waited for."""
    problem: str | None = None
    """What the last failed request met, or why it was skipped or given up."""
    created: int = 0
    changed: int = 0
    missing: int = 0
    """Units that became known, differed, or are no longer listed."""
    served_by: int | None = None
    """The event whose refresh served this one too, when several came close together."""

    def seconds_left(self, now: datetime) -> float | None:
        """How long fetching will still take, by the pace so far; None when that is not known."""
        if self.state is not RefreshState.FETCHING or not self.requests_expected:
            return None
        if self.started_at is None or not self.requests:
            return None
        left = max(0, self.requests_expected - self.requests)
        pace = (now - self.started_at).total_seconds() / self.requests
        waits = (self.retry_at - now).total_seconds() if self.retry_at else 0.0
        return left * pace + max(0.0, waits)


def ask_for(connection: Connection, event_id: int, connection_id: str, at: datetime) -> None:
    """Notes that an event wants a refresh, in the caller's transaction."""
    row = REFRESHES.insert().prefix_with("OR REPLACE")
    values = {"event_id": event_id, "connection_id": connection_id, "asked_at": at}
    connection.execute(row, values | {"state": RefreshState.WAITING})


def note(connection: Connection, event_ids: Collection[int], **values: Any) -> None:
    """Writes down how far the refresh of these events has come: any fields of `Refresh`."""
    statement = update(REFRESHES).where(REFRESHES.c.event_id.in_(event_ids)).values(**values)
    connection.execute(statement)


def open_refreshes(connection: Connection) -> list[Refresh]:
    """The refreshes that are not over, in the order in which they were asked for."""
    return _read(connection, select(REFRESHES).where(_OPEN).order_by("event_id"))


def refresh_of_event(connection: Connection, event_id: int) -> Refresh | None:
    """The refresh that an event asked for."""
    statement = select(REFRESHES).where(REFRESHES.c.event_id == event_id)
    return next(iter(_read(connection, statement)), None)


def list_refreshes(
    connection: Connection, *, connection_id: str | None = None, limit: int = 50
) -> list[Refresh]:
    """Refreshes, newest first; `limit` 0 gives all."""
    statement = select(REFRESHES).order_by(REFRESHES.c.event_id.desc())
    if connection_id is not None:
        statement = statement.where(REFRESHES.c.connection_id == connection_id)
    return _read(connection, statement.limit(limit or None))


def _read(connection: Connection, statement: Any) -> list[Refresh]:
    rows: Sequence[RowMapping] = connection.execute(statement).mappings().all()
    return [Refresh(**dict(row) | {"state": RefreshState(row["state"])}) for row in rows]
