"""Every kind of record from a POST to the store and back: one story each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.connections import list_connections, list_properties, set_property_state
from store.notifications import list_notifications
from store.processing.ledger import Ledger
from store.reading.units import changes_of_event, find_units, list_units
from store.records import (
    Lease,
    LeaseRecord,
    NotificationKind,
    Outcome,
    PropertyState,
    Reason,
    Resident,
)

if TYPE_CHECKING:
    from store.reader import Connection
    from store.records import Event, Unit
    from tests.conftest import Bench

UNIT = {"id": "u1", "unit_number": "305", "status": "vacant", "sqft": 950, "bedrooms": 2}
LEASE = {
    "id": "l1",
    "unit_id": "u1",
    "status": "active",
    "resident_name": "Ann",
    "occupant_count": 2,
    "start_date": "2026-03-01",
    "end_date": "2027-02-28",
}


def tell(
    bench: Bench, kind: str, resource_type: str, data: dict[str, Any], hour: int, **more: Any
) -> Event:
    where = {} if resource_type == "property" else {"property_id": "prop_001"}
    return bench.deliver(
        {
            "event": f"data.{kind}",
            "timestamp": f"2026-03-25T{hour:02}:00:00Z",
            "connection_id": "conn_abc123",
            "resource_type": resource_type,
            "data": where | data,
        }
        | more
    )


def the_unit(bench: Bench) -> Unit:
    [unit] = bench.read(find_units, "305")
    return unit


def changed(bench: Bench, event: Event) -> dict[str, tuple[Any, Any]]:
    found = bench.read(changes_of_event, event.id)
    return {change.field: (change.old, change.new) for change in found}


def test_a_lease_from_its_signature_to_its_end(bench: Bench) -> None:
    tell(bench, "new", "unit", UNIT, 9)
    signed = tell(bench, "new", "lease", LEASE, 10)
    assert signed.outcome is Outcome.CREATED
    assert list(changed(bench, signed)) == ["lease", "occupant_count"]
    assert the_unit(bench).lease == Lease(
        lease_id="l1",
        status="active",
        resident_name="Ann",
        occupant_count=2,
        start_date="2026-03-01",
        end_date="2027-02-28",
    )
    renewed = tell(bench, "update", "lease", {"id": "l1", "end_date": "2028-02-29"}, 11)
    assert changed(bench, renewed) == {"lease.end_date": ("2027-02-28", "2028-02-29")}
    grown = tell(bench, "update", "lease", {"id": "l1", "occupant_count": 3}, 12)
    assert changed(bench, grown) == {"occupant_count": (2, 3)}
    ended = tell(bench, "update", "lease", {"id": "l1", "status": "past"}, 13)
    assert changed(bench, ended)["occupant_count"] == (3, None)
    assert the_unit(bench).lease is None
    assert len(bench.read(list_notifications)) == 4

    def kept(connection: Connection) -> LeaseRecord | None:
        return Ledger(connection).lease("conn_abc123", "l1")

    lease = bench.read(kept)
    assert lease is not None
    assert (lease.status, lease.occupant_count, lease.end_date) == ("past", 3, "2028-02-29")


def test_moving_in_and_moving_out(bench: Bench) -> None:
    tell(bench, "new", "unit", UNIT, 9)
    lease = {"resident_name": "Ann", "occupant_count": 2, "start_date": "2026-03-01"}
    occupied = UNIT | {"status": "occupied", "current_lease": lease}
    tell(bench, "update", "unit", occupied, 10)
    assert the_unit(bench).occupant_count == 2
    moved_out = tell(
        bench, "update", "unit", UNIT, 11, changes={"status": {"old": "occupied", "new": "vacant"}}
    )
    assert list(changed(bench, moved_out)) == ["status", "lease", "occupant_count"]
    unit = the_unit(bench)
    assert (unit.status, unit.lease, unit.occupant_count) == ("vacant", None, None)


def test_a_property_from_its_discovery_to_its_first_unit(bench: Bench) -> None:
    new = tell(bench, "new", "property", {"id": "prop_9", "name": "Elm", "address": "1 Elm"}, 9)
    assert new.outcome is Outcome.FLAGGED_FOR_REVIEW
    [notice] = bench.read(list_notifications)
    assert (notice.kind, notice.property_id) == (NotificationKind.PROPERTY_REVIEW, "prop_9")
    unit = tell(bench, "new", "unit", UNIT | {"property_id": "prop_9"}, 10)
    assert unit.reason is Reason.UNLINKED_PROPERTY
    bench.write(set_property_state, "conn_abc123", "prop_9", PropertyState.LINKED)
    assert bench.reprocess(unit.id).outcome is Outcome.CREATED
    found = {one.property_id: one for one in bench.read(list_properties)}["prop_9"]
    assert (found.name, found.state, found.units) == ("Elm", PropertyState.LINKED, 1)


def test_a_resident_is_kept_and_no_reason_to_notify(bench: Bench) -> None:
    resident = {"id": "r1", "unit_id": "u1", "name": "Ann", "email": "ann@example.com"}
    assert tell(bench, "new", "resident", resident, 9).outcome is Outcome.CREATED
    renamed = tell(bench, "update", "resident", {"id": "r1", "name": "Ann Smith"}, 10)
    assert renamed.outcome is Outcome.UPDATED
    assert bench.read(list_notifications) == []

    def kept(connection: Connection) -> Resident | None:
        return Ledger(connection).resident("conn_abc123", "r1")

    found = bench.read(kept)
    assert found is not None
    assert (found.name, found.email, found.property_id) == (
        "Ann Smith",
        "ann@example.com",
        "prop_001",
    )


@pytest.mark.parametrize("sqft", [950, 950.0, "950", "950.0"])
def test_an_equal_number_is_no_change_after_the_store_has_kept_it(
    bench: Bench, sqft: float | str
) -> None:
    tell(bench, "new", "unit", UNIT | {"sqft": sqft}, 9)
    for hour, again in enumerate((950.0, 950, "950", sqft), start=10):
        event = tell(bench, "update", "unit", UNIT | {"sqft": again}, hour)
        assert (event.outcome, changed(bench, event)) == (Outcome.UNCHANGED, {})
    kept = the_unit(bench).sqft
    assert kept == 950
    assert isinstance(kept, int)


def test_m9_what_makes_no_sense_is_said_and_the_rest_applied(bench: Bench) -> None:
    tell(bench, "new", "unit", UNIT, 9)
    odd = UNIT | {"sqft": "nine", "bedrooms": 10**30, "bathrooms": 1.5, "status": "flöoded\x1b[2J"}
    event = tell(bench, "update", "unit", odd, 10)
    assert event.outcome is Outcome.UPDATED
    assert "data.sqft" in str(event.error)
    assert "data.bedrooms" in str(event.error)
    unit = the_unit(bench)
    assert (unit.sqft, unit.bedrooms, unit.bathrooms) == (950, 2, 1.5)
    assert unit.status == "flöoded\x1b[2J"
    assert len(bench.read(list_notifications)) == 1


def test_m8_an_id_is_only_ever_a_text(bench: Bench) -> None:
    ids = ["../../etc/passwd", "'; DROP TABLE units; --", "u" * 10_000, "a\x00b", "%_", "☃"]
    for hour, unit_id in enumerate(ids):
        tell(bench, "new", "unit", {"id": unit_id}, hour)
    assert {unit.unit_id for unit in bench.read(list_units)} == set(ids)


def test_a_connection_is_counted_whether_it_is_registered_or_not(bench: Bench) -> None:
    tell(bench, "new", "unit", UNIT, 9)
    tell(bench, "new", "unit", UNIT, 9)
    tell(bench, "new", "unit", UNIT, 10, connection_id="conn_other")
    counted = {one.connection_id: one.events for one in bench.read(list_connections)}
    assert counted == {"conn_abc123": 1, "conn_other": 1}
