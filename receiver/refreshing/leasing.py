"""Which lease of a unit is in force, from the leases of a snapshot and those known before. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.billing.rubs import LeasePhase, lease_phase
from receiver.contents.changes import same_lease
from store.records import Lease, LeaseRecord, Occupancy, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from receiver.refreshing.facts import LeaseFacts, Snapshot, Stay, UnitFacts


class LeaseBook:
    """The leases of a connection after a refresh, by the unit that they are of."""

    def __init__(
        self,
        snapshot: Snapshot,
        known: Mapping[str, LeaseRecord],
        event_id: int,
        refreshed: Mapping[str, datetime | None],
    ) -> None:
        """Brings the leases together.

        Args:
            snapshot: what was fetched.
            known: the leases of the connection by id.
            event_id: the event that asked for the refresh.
            refreshed: when each property was refreshed last.
        """
        self.connection_id = snapshot.connection_id
        self._snapshot = snapshot
        self._event_id = event_id
        self._refreshed = refreshed
        self._known = known
        self._day = snapshot.as_of.date().isoformat()
        self._facts = {facts.lease_id: facts for facts in snapshot.leases}
        self._records: dict[str, tuple[LeaseRecord, LeasePhase]] = {}
        self._by_unit: dict[str, list[tuple[LeaseRecord, LeasePhase]]] = {}
        newer = [lease for lease in known.values() if _is_newer(lease, snapshot.as_of)]
        self._newer = {lease.unit_id for lease in newer}
        for lease_id in {**self._facts, **{lease.lease_id: None for lease in newer}}:
            self._enter(lease_id)

    def lease_of(self, before: Unit, facts: UnitFacts, occupancy: Occupancy) -> Lease | None:
        """The lease that a unit has now; what nobody says any more of the same lease stays."""
        if facts.has_lease and facts.unit_id not in self._newer:
            return _fill(facts.lease, before.lease) if facts.lease else None
        chosen = self._choose(facts.unit_id, occupancy)
        if chosen is None:
            return None
        lease, phase = chosen
        terms = lease.terms
        if before.lease is None or not same_lease(before.lease, terms):
            return terms
        status = _keep_status(before.lease, terms.status, phase, self._day)
        count = self._count(lease, before.lease.occupant_count, before.applied_at)
        told = terms.occupant_count if count is None else count
        return _fill(terms._replace(status=status, occupant_count=told), before.lease)

    def changed(self, properties: Collection[str]) -> list[LeaseRecord]:
        """The records to write: those that differ, and new ones that have not ended."""
        return [
            replace(record, last_event_id=self._event_id)
            for record, phase in self._records.values()
            if record.property_id in properties and self._is_news(record, phase)
        ]

    def _is_news(self, record: LeaseRecord, phase: LeasePhase) -> bool:
        known = self._known.get(record.lease_id)
        return phase is not LeasePhase.ENDED if known is None else record != known

    def _enter(self, lease_id: str) -> None:
        known, facts = self._known.get(lease_id), self._facts.get(lease_id)
        if facts is None or (known and _is_newer(known, _as_of(facts, self._snapshot))):
            if known is None:
                return
            phase = lease_phase(known.status, known.start_date, known.end_date, self._day)
            entry = (known, phase)
        else:
            entry = self._merge(known, facts)
        self._records[lease_id] = entry
        if entry[0].unit_id:
            self._by_unit.setdefault(entry[0].unit_id, []).append(entry)

    def _merge(
        self, known: LeaseRecord | None, facts: LeaseFacts
    ) -> tuple[LeaseRecord, LeasePhase]:
        blank = LeaseRecord(connection_id=self.connection_id, lease_id=facts.lease_id)
        before = known or blank
        merged = replace(
            before,
            **facts.values,
            unit_id=facts.unit_id or before.unit_id,
            property_id=facts.property_id or before.property_id,
        )
        phase, text = _phase_of(facts, merged, self._day)
        status = _keep_status(merged.terms, text, phase, self._day) if known else text
        count = self._count(merged, before.occupant_count, before.applied_at)
        merged = replace(merged, status=status, occupant_count=count)
        if facts.changed_at is not None and facts.changed_at > self._snapshot.as_of:
            merged = replace(merged, applied_at=facts.changed_at)
        return merged, phase

    def _count(self, lease: LeaseRecord, known: int | None, told_at: datetime | None) -> int | None:
        """How many live there; what was counted by the last refresh is not counted off again."""
        facts = self._facts.get(lease.lease_id)
        if facts is None:
            return known
        told: int | None = facts.values.get("occupant_count")
        if told is not None:
            return told
        day = max(self._day, facts.values.get("start_date") or self._day)
        since = max(
            filter(None, (told_at, self._refreshed.get(lease.property_id or ""))), default=None
        )
        return count_occupants(facts.stays, day, known, since.date().isoformat() if since else None)

    def _choose(self, unit_id: str, occupancy: Occupancy) -> tuple[LeaseRecord, LeasePhase] | None:
        """The one in force; of a unit that is occupied without one, the next that begins."""
        entries = self._by_unit.get(unit_id, [])
        current = [entry for entry in entries if entry[1] is LeasePhase.CURRENT]
        if current:
            return max(current, key=_start)
        future = [entry for entry in entries if entry[1] is LeasePhase.FUTURE]
        return min(future, key=_start) if future and occupancy is Occupancy.OCCUPIED else None


def count_occupants(
    stays: Iterable[Stay], day: str, known: int | None, since: str | None
) -> int | None:
    """How many live under a lease, where only its residents are listed.

    Children are often not entered as residents, so a list is a lower bound: a count that was told
    stays, less those who moved out since, and is never below those who are listed.

    Args:
        stays: of everybody who is no guarantor.
        day: the day that it is counted on, as an ISO 8601 date.
        known: the count that is known, if any.
        since: the day on which that was told; None when that is not known.
    """
    people = list(stays)
    here = sum(
        (each.moved_in or day) <= day and (each.moved_out is None or each.moved_out > day)
        for each in people
    )
    if known is None:
        return here or None
    left = sum(since < (each.moved_out or since) <= day for each in people) if since else 0
    return max(here, known - left)


def _fill(lease: Lease, before: Lease | None) -> Lease:
    """A lease with what was known of it before and is not said now."""
    if before is None or not same_lease(before, lease):
        return lease
    return Lease(
        lease_id=lease.lease_id or before.lease_id,
        status=before.status if lease.status is None else lease.status,
        resident_name=before.resident_name if lease.resident_name is None else lease.resident_name,
        occupant_count=(
            before.occupant_count if lease.occupant_count is None else lease.occupant_count
        ),
        start_date=lease.start_date or before.start_date,
        end_date=lease.end_date or before.end_date,
    )


def _phase_of(facts: LeaseFacts, merged: LeaseRecord, day: str) -> tuple[LeasePhase, str | None]:
    """Where a lease stands, and the text that says so."""
    start, end = merged.start_date, merged.end_date
    if facts.moved_out is not None and facts.moved_out <= day:
        return LeasePhase.ENDED, "ended"
    for text in facts.statuses:
        phase = lease_phase(text, start, end, day)
        if phase is not LeasePhase.UNKNOWN:
            return phase, text.lower()
    unknown = facts.statuses[0].lower() if facts.statuses else None
    return lease_phase(None, start, end, day), unknown


def _keep_status(before: Lease, text: str | None, phase: LeasePhase, day: str) -> str | None:
    """The known text where it says the same, so that other words are no change."""
    known = lease_phase(before.status, before.start_date, before.end_date, day)
    return before.status if known is phase else text


def _as_of(facts: LeaseFacts, snapshot: Snapshot) -> datetime:
    return max(snapshot.as_of, facts.changed_at or snapshot.as_of)


def _is_newer(lease: LeaseRecord, as_of: datetime) -> bool:
    return lease.applied_at is not None and lease.applied_at >= as_of


def _start(entry: tuple[LeaseRecord, LeasePhase]) -> str:
    return entry[0].start_date or ""
