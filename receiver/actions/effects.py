"""What an action is given, and what it answers: no I/O on either side."""

from __future__ import annotations

from types import MappingProxyType
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


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Occurrence:
    """An event with the values that an action works on. Nothing of it changes."""

    __slots__ = (
        "allocation", "body", "changes", "connection_id", "data", "event_id", "facts", "force",
        "no_refresh", "received_at", "resource_id",
    )  # fmt: skip

    def __init__(
        self,
        event_id: int,
        facts: EventFacts,
        body: Mapping[str, Any],
        received_at: datetime,
        *,
        force: bool = False,
        no_refresh: str | None = NO_SOURCE,
        allocation: Allocation = BY_OCCUPANTS,
    ) -> None:
        """Looks up once what every action asks for.

        Args:
            event_id: its number.
            facts: its envelope.
            body: all of it.
            received_at: when it came.
            force: whether to apply it even over something newer.
            no_refresh: why no refresh can follow a sync, and the cure; None when one can.
            allocation: how bills are divided, for what is told of a change.
        """
        self.event_id = event_id
        self.facts = facts
        self.body = body
        self.received_at = received_at
        self.force = force
        self.no_refresh = no_refresh
        self.allocation = allocation
        #: Empty for a ping, which has none.
        self.connection_id = facts.connection_id or ""
        #: The record's id; the envelope of a `data.*` event always has one.
        self.resource_id = facts.resource_id or ""
        #: The record as sent; empty for events that have none.
        self.data = _object(body.get("data"))
        #: What the sender says of each field that it changed, as far as that is an object.
        self.changes: Mapping[str, Mapping[str, Any]] = _objects_in(body.get("changes"))

    def is_older_than(self, *applied_at: datetime | None) -> bool:
        """Whether something newer was applied already, and this may not undo it."""
        if self.force:
            return False
        timestamp = self.facts.timestamp
        for at in applied_at:  # noqa: SIM110 - a generator takes twice as long
            if at is not None and timestamp < at:
                return True
        return False


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _objects_in(value: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict):
        return _NOTHING
    for each in value.values():
        if not isinstance(each, dict):
            return {name: each for name, each in value.items() if isinstance(each, dict)}
    return value


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
    return "; ".join(problems) if problems else None
