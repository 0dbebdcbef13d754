"""What a snapshot does to the records: the newest facts win, and nothing is deleted.

Pure. An event that is newer than what was fetched stays in force; whatever else differs is a
change. A unit that is not listed any more is marked missing, if the list can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from receiver.billing.occupancy import settle
from receiver.billing.rubs import classify
from receiver.contents.changes import compare_units
from receiver.refreshing.leasing import LeaseBook
from store.records import LeaseRecord, Occupancy, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from receiver.contents.changes import Difference
    from receiver.refreshing.facts import Snapshot, UnitFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a refresh is applied in."""

    event_id: int
    at: datetime
    """Our own clock: when it is applied."""
    linked: Mapping[str, datetime | None]
    """The properties that are linked now, and when each was refreshed last."""
    trusted: bool
    """Whether what is not listed is missing: the sync reported no errors, and the list is whole."""


@dataclass(slots=True)
class Reconciled:
    """What differs, and the records as they are afterwards."""

    created: list[Unit] = field(default_factory=list)
    changed: list[tuple[Unit, Unit, list[Difference]]] = field(default_factory=list)
    """Before, after, and the fields between them; missing ones are among them."""
    missing: int = 0
    leases: list[LeaseRecord] = field(default_factory=list)

    @property
    def units(self) -> list[Unit]:
        """Every unit to write."""
        return [*self.created, *(after for _, after, _ in self.changed)]

    @property
    def records(self) -> list[Unit | LeaseRecord]:
        """Every record to write."""
        return [*self.units, *self.leases]


def reconcile(
    snapshot: Snapshot,
    units: Mapping[str, Unit],
    leases: Iterable[LeaseRecord],
    context: Context,
) -> Reconciled:
    """Compares a snapshot with the records of its connection."""
    found = Reconciled()
    scope = snapshot.properties & context.linked.keys()
    by_id = {lease.lease_id: lease for lease in leases}
    book = LeaseBook(snapshot, by_id, context.event_id, context.linked)
    listed = set()
    for facts in snapshot.units:
        listed.add(facts.unit_id)
        known = units.get(facts.unit_id)
        if facts.property_id in scope or (known and known.property_id in scope):
            as_of = max(snapshot.as_of, facts.changed_at or snapshot.as_of)
            _take(found, known, _follow(known, facts, as_of, book), context)
    if context.trusted:
        for unit in units.values():
            if unit.unit_id not in listed and unit.property_id in scope:
                _miss(found, unit, snapshot, context)
    found.leases = book.changed(scope)
    return found


def _follow(known: Unit | None, facts: UnitFacts, as_of: datetime, book: LeaseBook) -> Unit:
    """A unit as it is after a refresh; the one that is known where there is nothing to do."""
    before = known or Unit(connection_id=book.connection_id, unit_id=facts.unit_id)
    if before.applied_at is not None and before.applied_at >= as_of:
        return before
    values, occupancy = _values(before, facts), _occupancy(before, facts)
    lease = book.lease_of(before, facts, occupancy)
    same = _holds(before, values) and before.lease == lease and before.occupancy is occupancy
    if known is not None and same and known.missing_since is None:
        return before
    return before._replace(
        **values,
        lease=lease,
        occupancy=occupancy,
        missing_since=None,
        # The time of the snapshot itself stands on the property, once for all its units. A unit
        # has a time of its own only where it is newer.
        applied_at=facts.changed_at if facts.changed_at == as_of else before.applied_at,
    )


def _take(found: Reconciled, known: Unit | None, after: Unit, context: Context) -> None:
    if after is known:
        return
    stamped = after._replace(updated_at=context.at, last_event_id=context.event_id)
    if known is None:
        found.created.append(stamped)
    elif differences := compare_units(known, after):
        found.changed.append((known, stamped, differences))


def _miss(found: Reconciled, unit: Unit, snapshot: Snapshot, context: Context) -> None:
    newer = unit.applied_at is not None and unit.applied_at >= snapshot.as_of
    if newer or unit.missing_since is not None:
        return
    after = unit._replace(
        missing_since=context.at,
        updated_at=context.at,
        last_event_id=context.event_id,
    )
    found.changed.append((unit, after, compare_units(unit, after)))
    found.missing += 1


def _holds(unit: Unit, values: Mapping[str, Any]) -> bool:
    return all(getattr(unit, name) == value for name, value in values.items())


def _values(before: Unit, facts: UnitFacts) -> Mapping[str, Any]:
    """The fields to set. Where the API has a flag in place of a status, it says the class only.

    A status that says the same in more words ("notice unrented") stays.
    """
    if "status" in facts.values or facts.vacant is None:
        return facts.values
    flagged = Occupancy.VACANT if facts.vacant else Occupancy.OCCUPIED
    told = classify(before.status)
    if told in (flagged, Occupancy.SPECIAL) or (before.status and told is Occupancy.UNKNOWN):
        return facts.values
    return {**facts.values, "status": flagged.value}


def _occupancy(before: Unit, facts: UnitFacts) -> Occupancy:
    status = facts.values.get("status", before.status)
    told = classify(status)
    if "status" in facts.values or facts.vacant is None:
        return settle(status, before.occupancy)
    if told is Occupancy.SPECIAL:
        return told
    return Occupancy.VACANT if facts.vacant else Occupancy.OCCUPIED
