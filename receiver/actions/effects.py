"""What an action is given, and what it answers: no I/O on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from receiver.billing.bills import BY_OCCUPANTS, Allocation
from store.processing.effects import Finish
from store.records import EventState, Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from store.processing.building import Building
    from store.records import (
        ConnectionRecord,
        EventFacts,
        LeaseRecord,
        Property,
        Resident,
        Unit,
    )

    Record: TypeAlias = ConnectionRecord | LeaseRecord | Property | Resident | Unit


class Records(Protocol):
    """The records as they are before an event; `store.processing.ledger.Ledger` is one."""

    def connection(self, connection_id: str, /) -> ConnectionRecord | None:
        """The connection, registered or only seen."""

    def property(self, connection_id: str, property_id: str, /) -> Property | None:
        """The property."""

    def unit(self, connection_id: str, unit_id: str, /) -> Unit | None:
        """The unit, with its current lease."""

    def lease(self, connection_id: str, lease_id: str, /) -> LeaseRecord | None:
        """The lease."""

    def building(self, connection_id: str, property_id: str, most: int, /) -> Building | None:
        """The units of a property; None when there are more than `most`."""

    def leases_of(self, connection_id: str, unit_id: str, /) -> list[LeaseRecord]:
        """Every lease of a unit that was delivered as a record of its own."""

    def resident(self, connection_id: str, resident_id: str, /) -> Resident | None:
        """The resident."""


NO_SOURCE = (
    "there is nowhere to fetch units from. Set PROPEXO_API_URL and PROPEXO_API_KEY, restart, and "
    "reprocess the event."
)


class Occurrence(NamedTuple):
    """An event with the values that an action works on."""

    event_id: int
    facts: EventFacts
    connection_id: str
    """Empty for a ping, which has none."""
    body: Mapping[str, Any]
    received_at: datetime
    force: bool = False
    """Whether to apply it even over something newer."""
    no_refresh: str | None = NO_SOURCE
    """Why no refresh can follow a sync, and the cure; None when one can."""
    allocation: Allocation = BY_OCCUPANTS
    """How bills are divided, for what is told of a change."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The record as sent; empty for events that have none."""
        data = self.body.get("data")
        return data if isinstance(data, dict) else {}

    @property
    def resource_id(self) -> str:
        """The record's id; the envelope of a `data.*` event always has one."""
        return self.facts.resource_id or ""

    def is_older_than(self, *applied_at: datetime | None) -> bool:
        """Whether something newer was applied already, and this may not undo it."""
        newest = max(filter(None, applied_at), default=None)
        return not self.force and newest is not None and self.facts.timestamp < newest


class Effect(NamedTuple):
    """How an event ends, and the records as they are after it."""

    finish: Finish
    records: tuple[Record, ...] = ()


def ignore(reason: Reason, explanation: str | None = None, *records: Record) -> Effect:
    """The event is logged and, on purpose, nothing is done."""
    finish = Finish(state=EventState.IGNORED, reason=reason, error=explanation)
    return Effect(finish, records)


def fail(explanation: str) -> Effect:
    """The event is set aside."""
    return Effect(Finish(state=EventState.FAILED, error=explanation))


def outcome_of(*, known: bool, changed: bool) -> Outcome:
    """What an upsert did."""
    if not known:
        return Outcome.CREATED
    return Outcome.UPDATED if changed else Outcome.UNCHANGED


def describe_problems(problems: list[str]) -> str | None:
    """The problems of a payload as one text, or None."""
    return "; ".join(problems) or None
