"""A snapshot into the store: one transaction that changes what differs and ends the events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from receiver.refreshing.reconciliation import Context, reconcile
from receiver.refreshing.reports import changes_of, judge_snapshot, notices_of
from receiver.strict_json import InvalidJsonError, parse
from store import deliveries, queue, refreshes
from store.effects import Finish
from store.ledger import Ledger
from store.records import EventState, Outcome
from store.refreshes import RefreshState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from receiver.bills import Allocation
    from receiver.refreshing.facts import Snapshot
    from store.reader import Connection

_NO_LINKED = (
    "No property of the connection is linked, so there is nothing to refresh. Link one and "
    "reprocess the event."
)


@dataclass(frozen=True, slots=True)
class Job:
    """One refresh: the events that asked for it, and what it is of."""

    connection_id: str
    event_ids: tuple[int, ...]
    """Oldest first; the last one is told what came of it."""
    linked: tuple[str, ...]
    known_units: Mapping[str, int]
    """How many units are known of each linked property."""
    body: Mapping[str, Any]
    """The last event as it was sent."""

    @property
    def event_id(self) -> int:
        """The event that the refresh is told of."""
        return self.event_ids[-1]

    @property
    def stats(self) -> Mapping[str, Any]:
        """What the sync counted."""
        stats = self.body.get("stats")
        return stats if isinstance(stats, dict) else {}


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
    connection: Connection, job: Job, snapshot: Snapshot, allocation: Allocation, at: datetime
) -> None:
    """Brings the records up to date and ends the job's events, all of it or nothing."""
    ledger = Ledger(connection)
    linked = {record.property_id: record for record in ledger.linked_properties(job.connection_id)}
    units = {unit.unit_id: unit for unit in ledger.units_of_connection(job.connection_id)}
    asked = snapshot.properties & linked.keys()
    known = sum(unit.property_id in asked for unit in units.values())
    trust = judge_snapshot(snapshot, job.body, known)
    context = Context(
        event_id=job.event_id,
        at=at,
        linked={name: record.refreshed_at for name, record in linked.items()},
        trusted=not trust.doubts,
    )
    leases = ledger.leases_of_connection(job.connection_id)
    found = reconcile(snapshot, units, leases, context)
    for record in found.records:
        ledger.put(record)
    for property_id in asked:
        ledger.put(replace(linked[property_id], refreshed_at=snapshot.as_of))
    ledger.flush()
    after = units | {unit.unit_id: unit for unit in found.units}
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=Outcome.REFRESHED,
        error=_remark(snapshot.problems, trust.doubts),
        changes=changes_of(found),
        notices=notices_of(found, trust, job.connection_id, after.values(), allocation),
    )
    queue.conclude(connection, job.event_id, finish, at)
    counts = {
        "units": len(snapshot.units),
        "leases": len(snapshot.leases),
        "missing": found.missing,
        "requests": snapshot.requests,
    }
    counts |= {"created": len(found.created), "changed": len(found.changed) - found.missing}
    _close(connection, job.event_ids, at, RefreshState.DONE, **counts)
    for event_id in job.event_ids[:-1]:
        remark = f"Served by the refresh of event {job.event_id}, since it had not begun yet."
        served = Finish(state=EventState.PROCESSED, outcome=Outcome.REFRESHED, error=remark)
        queue.conclude(connection, event_id, served, at)
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
        queue.conclude(connection, event_id, finish, at)
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


def _remark(problems: Sequence[str], doubts: Sequence[str]) -> str | None:
    remarks = []
    if doubts:
        remarks.append(f"Nothing was marked missing: {'; '.join(doubts)}.")
    if problems:
        remarks.append(f"Some fields made no sense: {'; '.join(problems)}.")
    return " ".join(remarks) or None
