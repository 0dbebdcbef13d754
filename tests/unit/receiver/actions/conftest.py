"""Records in memory, as they are between one event and the next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from receiver.actions import Occurrence, decide
from receiver.judging.envelope import read_envelope
from receiver.judging.strict_json import parse
from store.processing.building import Building
from store.records import (
    ConnectionRecord,
    LeaseRecord,
    Property,
    PropertyState,
    Resident,
    Unit,
)

if TYPE_CHECKING:
    from store.processing.effects import FieldChange, Finish

CONNECTION, PROPERTY = "conn_abc123", "prop_001"
R = TypeVar("R")


def key(record: Any) -> tuple[str, ...]:
    names = ("property_id", "unit_id", "lease_id", "resident_id")
    own = {Property: 0, Unit: 1, LeaseRecord: 2, Resident: 3}.get(type(record))
    return (record.connection_id, *([] if own is None else [getattr(record, names[own])]))


@dataclass
class Books:
    """What `decide` reads from, and what its effects are written to."""

    records: dict[tuple[type, tuple[str, ...]], Any] = field(default_factory=dict)
    events: int = 0

    def put(self, *records: Any) -> None:
        for record in records:
            self.records[type(record), key(record)] = record

    def find(self, kind: type[R], *keys: str) -> R | None:
        return self.records.get((kind, keys))

    def all(self, wanted: type[R]) -> list[R]:
        return [one for (kind, _), one in self.records.items() if kind is wanted]

    def connection(self, connection_id: str, /) -> ConnectionRecord | None:
        return self.find(ConnectionRecord, connection_id)

    def property(self, connection_id: str, property_id: str, /) -> Property | None:
        return self.find(Property, connection_id, property_id)

    def unit(self, connection_id: str, unit_id: str, /) -> Unit | None:
        return self.find(Unit, connection_id, unit_id)

    def lease(self, connection_id: str, lease_id: str, /) -> LeaseRecord | None:
        return self.find(LeaseRecord, connection_id, lease_id)

    def building(self, connection_id: str, property_id: str, most: int, /) -> Building | None:
        units = [one for (kind, _), one in self.records.items() if kind is Unit]
        place = (connection_id, property_id)
        found = [one for one in units if (one.connection_id, one.property_id) == place]
        return Building(found) if len(found) <= most else None

    def leases_of(self, connection_id: str, unit_id: str, /) -> list[LeaseRecord]:
        leases = [one for (kind, _), one in self.records.items() if kind is LeaseRecord]
        place = (connection_id, unit_id)
        return [one for one in leases if (one.connection_id, one.unit_id) == place]

    def resident(self, connection_id: str, resident_id: str, /) -> Resident | None:
        return self.find(Resident, connection_id, resident_id)

    def apply(self, body: dict[str, Any], *, force: bool = False) -> Finish:
        """Processes an event: its effect is in the records afterwards."""
        self.events += 1
        parsed = parse(json.dumps(body).encode("ascii"))
        facts = read_envelope(parsed)
        assert isinstance(parsed, dict)
        effect = decide(
            Occurrence(
                event_id=self.events,
                facts=facts,
                body=parsed,
                received_at=datetime(2026, 3, 26, tzinfo=UTC),
                force=force,
            ),
            self,
        )
        self.put(*effect.records)
        return effect.finish

    def tell(
        self,
        event: str,
        resource_type: str,
        data: dict[str, Any],
        *,
        hour: int = 12,
        changes: Any = None,
        connection_id: str = CONNECTION,
        force: bool = False,
    ) -> Finish:
        """Processes a `data.*` event of one day; unless `data` has one, in the linked property."""
        body = {
            "event": f"data.{event}",
            "timestamp": f"2026-03-25T{hour:02}:00:00Z",
            "connection_id": connection_id,
            "resource_type": resource_type,
            "data": data if resource_type == "property" else {"property_id": PROPERTY} | data,
        }
        return self.apply(body if changes is None else body | {"changes": changes}, force=force)

    def the_unit(self, unit_id: str = "u1") -> Unit:
        unit = self.unit(CONNECTION, unit_id)
        assert unit is not None
        return unit


def told(finish: Finish) -> dict[str, tuple[Any, Any]]:
    """The changes by field, each with its old and new value."""
    found: tuple[FieldChange, ...] = finish.changes
    return {change.field: (change.old, change.new) for change in found}


def new_books() -> Books:
    """The records of a new store: the sample connection with its linked property."""
    opened = Books()
    opened.put(
        ConnectionRecord(connection_id=CONNECTION, registered=True),
        Property(connection_id=CONNECTION, property_id=PROPERTY, state=PropertyState.LINKED),
    )
    return opened


@pytest.fixture
def books() -> Books:
    """Records for one test."""
    return new_books()
