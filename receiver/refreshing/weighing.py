"""What a snapshot would change, by the records as they are: read and compared beside the writer.

Comparing 1,200 units takes longer than an acknowledgement should wait, and writing what differs
does not. So it is compared on a view of its own; the writer only looks whether that still holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from receiver.refreshing.reconciliation import Context, reconcile
from receiver.refreshing.reports import changes_of, judge_snapshot, notices_of
from store.processing.effects import Finish
from store.processing.ledger import Ledger
from store.reading.events import has_ended_since, last_finish
from store.records import EventState, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from receiver.billing.bills import Allocation
    from receiver.refreshing.facts import Snapshot
    from receiver.refreshing.reconciliation import Reconciled
    from store.reader import Connection
    from store.records import LeaseRecord, Property, Unit


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


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a snapshot changes, and the state of the records that this is true for."""

    connection_id: str
    found: Reconciled
    finish: Finish
    records: tuple[Unit | LeaseRecord | Property, ...]
    """All that is to be written."""
    allocation: Allocation
    linked: Mapping[str, datetime | None]
    number: int
    """The last end of processing that was seen."""

    def holds(self, connection: Connection) -> bool:
        """Whether nothing that it depends on has changed since."""
        linked = _linked(Ledger(connection).linked_properties(self.connection_id))
        ended = has_ended_since(connection, self.connection_id, self.number)
        return not ended and linked == self.linked


def weigh(
    connection: Connection, job: Job, snapshot: Snapshot, allocation: Allocation, at: datetime
) -> Weighed:
    """Compares a snapshot with the records of its connection.

    Args:
        connection: a view that does not change meanwhile.
        job: what is refreshed.
        snapshot: what was fetched.
        allocation: how bills are divided.
        at: our own clock.
    """
    ledger = Ledger(connection)
    properties = ledger.linked_properties(job.connection_id)
    linked = _linked(properties)
    units = {unit.unit_id: unit for unit in ledger.units_of_connection(job.connection_id)}
    asked = snapshot.properties & linked.keys()
    known = sum(unit.property_id in asked for unit in units.values())
    trust = judge_snapshot(snapshot, job.body, known)
    context = Context(event_id=job.event_id, at=at, linked=linked, trusted=not trust.doubts)
    leases = ledger.leases_of_connection(job.connection_id)
    found = reconcile(snapshot, units, leases, context)
    after = units | {unit.unit_id: unit for unit in found.units}
    finish = Finish(
        state=EventState.PROCESSED,
        outcome=Outcome.REFRESHED,
        error=_remark(snapshot.problems, trust.doubts),
        changes=changes_of(found),
        notices=notices_of(found, trust, job.connection_id, after.values(), allocation),
    )
    seen = [
        replace(record, refreshed_at=snapshot.as_of)
        for record in properties
        if record.property_id in asked
    ]
    number = last_finish(connection)
    records = (*found.records, *seen)
    return Weighed(job.connection_id, found, finish, records, allocation, linked, number)


def _linked(properties: Sequence[Property]) -> dict[str, datetime | None]:
    return {record.property_id: record.refreshed_at for record in properties}


def _remark(problems: Sequence[str], doubts: Sequence[str]) -> str | None:
    remarks = []
    if doubts:
        remarks.append(f"Nothing was marked missing: {'; '.join(doubts)}.")
    if problems:
        remarks.append(f"Some fields made no sense: {'; '.join(problems)}.")
    return " ".join(remarks) or None
