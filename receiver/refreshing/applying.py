"""A snapshot into the store: one transaction that changes what differs and ends the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.judging.strict_json import InvalidJsonError, parse
from receiver.refreshing.weighing import Job, Weighed, weigh
from store import refreshes
from store.processing import finishing
from store.processing.effects import Finish
from store.processing.ledger import Ledger
from store.reading import deliveries
from store.records import EventState, Outcome
from store.refreshes import RefreshState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from receiver.refreshing.facts import Snapshot
    from store.reader import Connection

_NO_LINKED = (
    "No property of the connection is linked, so there is nothing to refresh. Link one and "
    "reprocess the event."
)


def begin(connection: Connection, connection_id: str, at: datetime) -> Job | None:
    """Takes up everything that waits for a refresh of a connection; None when nothing does.

    Where no property is linked the events end at once.
    """
    waiting = [
        refresh.event_id
        for refresh in refreshes.open_refreshes(connection)
        if refresh.connection_id == connection_id
    ]
    if not waiting:
        return None
    ledger = Ledger(connection)
    linked = tuple(record.property_id for record in ledger.linked_properties(connection_id))
    if not linked:
        end(connection, waiting, at, RefreshState.SKIPPED, _NO_LINKED)
        return None
    known = dict.fromkeys(linked, 0)
    for unit in ledger.units_of_connection(connection_id):
        if unit.property_id in known:
            known[unit.property_id] += 1
    refreshes.note(
        connection,
        waiting,
        state=RefreshState.FETCHING,
        started_at=at,
        requests=0,
        units=0,
        leases=0,
    )
    body = _read_body(connection, waiting[-1])
    return Job(connection_id, tuple(waiting), linked, known, body)


def apply(
    connection: Connection, job: Job, snapshot: Snapshot, weighed: Weighed, at: datetime
) -> None:
    """Brings the records up to date and ends the job's events, all of it or nothing.

    Args:
        connection: the writer's.
        job: what is refreshed.
        snapshot: what was fetched.
        weighed: what it changes, by the records of a moment ago.
        at: our own clock.
    """
    if not weighed.holds(connection):
        # An event of the connection came in between; newer than the snapshot or not, it counts.
        weighed = weigh(connection, job, snapshot, weighed.allocation, at)
    ledger = Ledger(connection)
    for record in weighed.records:
        ledger.put(record)
    ledger.flush()
    found = weighed.found
    finishing.conclude(connection, job.event_id, weighed.finish, at)
    _close(
        connection,
        job.event_ids,
        at,
        RefreshState.DONE,
        requests=snapshot.requests,
        units=len(snapshot.units),
        leases=len(snapshot.leases),
        created=len(found.created),
        changed=len(found.changed) - found.missing,
        missing=found.missing,
    )
    for event_id in job.event_ids[:-1]:
        remark = f"Served by the refresh of event {job.event_id}, since it had not begun yet."
        served = Finish(state=EventState.PROCESSED, outcome=Outcome.REFRESHED, error=remark)
        finishing.conclude(connection, event_id, served, at)
        refreshes.note(connection, [event_id], served_by=job.event_id)


def end(
    connection: Connection,
    event_ids: Sequence[int],
    at: datetime,
    state: RefreshState,
    problem: str,
) -> None:
    """Ends events whose refresh was skipped, or failed for good."""
    if state is RefreshState.SKIPPED:
        finish = Finish(state=EventState.PROCESSED, outcome=Outcome.SKIPPED, error=problem)
    else:
        finish = Finish(state=EventState.FAILED, error=problem)
    for event_id in event_ids:
        finishing.conclude(connection, event_id, finish, at)
    _close(connection, event_ids, at, state, problem=problem)


def _close(
    connection: Connection,
    event_ids: Sequence[int],
    at: datetime,
    state: RefreshState,
    **values: Any,
) -> None:
    values = {"problem": None} | values
    refreshes.note(connection, event_ids, state=state, finished_at=at, retry_at=None, **values)


def _read_body(connection: Connection, event_id: int) -> Mapping[str, Any]:
    content = deliveries.read_content(connection, event_id)
    try:
        body = parse(content.body) if content else None
    except InvalidJsonError:
        body = None
    return body if isinstance(body, dict) else {}
