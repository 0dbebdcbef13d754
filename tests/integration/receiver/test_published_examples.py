"""The examples of the published webhook description, byte for byte, over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from receiver.judging.signing import SIGNATURE_HEADER
from store.connections import list_connections, list_properties
from store.notifications import list_notifications
from store.reading.events import sync_of_event
from store.reading.units import changes_of_event, find_units, list_units
from store.records import (
    EventState,
    Lease,
    NotificationKind,
    Outcome,
    PropertyState,
    Reason,
    Verdict,
)
from tests.conftest import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from store.records import Unit
    from tests.conftest import Bench

DATA_NEW = b"""{
  "event": "data.new",
  "timestamp": "2026-03-25T14:30:00Z",
  "connection_id": "conn_abc123",
  "resource_type": "unit",
  "data": {
    "id": "unit_xyz789",
    "property_id": "prop_001",
    "unit_number": "305",
    "sqft": 950,
    "bedrooms": 2,
    "bathrooms": 1,
    "status": "vacant"
  }
}"""
DATA_UPDATE = b"""{
  "event": "data.update",
  "timestamp": "2026-03-25T15:00:00Z",
  "connection_id": "conn_abc123",
  "resource_type": "unit",
  "data": {
    "id": "unit_xyz789",
    "property_id": "prop_001",
    "unit_number": "305",
    "sqft": 950,
    "bedrooms": 2,
    "bathrooms": 1,
    "status": "occupied",
    "current_lease": {
      "resident_name": "John Smith",
      "occupant_count": 2,
      "start_date": "2026-04-01",
      "end_date": "2027-03-31"
    }
  },
  "changes": {
    "status": {"old": "vacant", "new": "occupied"},
    "current_lease": {"old": null, "new": "lease_abc"}
  }
}"""
SYNC_COMPLETE = b"""{
  "event": "sync.complete",
  "timestamp": "2026-03-25T16:00:00Z",
  "connection_id": "conn_abc123",
  "sync_id": "sync_def456",
  "stats": {
    "properties_synced": 25,
    "units_synced": 1200,
    "leases_synced": 980,
    "duration_seconds": 145,
    "errors": 0
  }
}"""
TEST_PING = b"""{
    "event": "test.ping",
    "timestamp": "2026-03-25T10:00:00Z",
    "data": {}
  }"""
LEASE = {
    "lease_id": "lease_abc",
    "resident_name": "John Smith",
    "occupant_count": 2,
    "start_date": "2026-04-01",
    "end_date": "2027-03-31",
}


def the_unit(bench: Bench) -> Unit:
    [unit] = bench.read(find_units, "unit_xyz789")
    return unit


def test_the_ping_is_acknowledged(bench: Bench) -> None:
    reply = bench.post(TEST_PING)
    assert (reply.status, reply.body) == (
        200,
        b'{"status":"accepted","delivery_id":1,"event_id":1,"duplicate":false}',
    )
    [event] = bench.settle()
    assert (event.event, event.connection_id, event.resource_type) == ("test.ping", None, None)
    assert (event.state, event.outcome) == (EventState.PROCESSED, Outcome.ACKNOWLEDGED)


def test_a_new_unit_is_imported(bench: Bench) -> None:
    event = bench.deliver(DATA_NEW)
    assert (event.state, event.outcome, event.error) == (
        EventState.PROCESSED,
        Outcome.CREATED,
        None,
    )
    assert (event.resource_type, event.resource_id) == ("unit", "unit_xyz789")
    assert (event.connection_id, event.property_id) == ("conn_abc123", "prop_001")
    assert event.timestamp == datetime(2026, 3, 25, 14, 30, tzinfo=UTC)
    assert bench.read(changes_of_event, event.id) == []
    assert bench.read(list_notifications) == []
    unit = the_unit(bench)
    assert (unit.unit_number, unit.status, unit.lease) == ("305", "vacant", None)
    assert (unit.sqft, unit.bedrooms, unit.bathrooms) == (950, 2, 1)


def test_an_update_is_told_and_notified(bench: Bench) -> None:
    bench.deliver(DATA_NEW)
    event = bench.deliver(DATA_UPDATE)
    assert (event.state, event.outcome, event.error) == (
        EventState.PROCESSED,
        Outcome.UPDATED,
        None,
    )
    changes = bench.read(changes_of_event, event.id)
    assert [(change.field, change.old, change.new) for change in changes] == [
        ("status", "vacant", "occupied"),
        ("lease", None, LEASE),
        ("occupant_count", None, 2),
    ]
    assert all(change.affects_rubs and change.unit_number == "305" for change in changes)
    [notice] = bench.read(list_notifications)
    assert (notice.kind, notice.event_id, notice.unit_id) == (
        NotificationKind.RUBS,
        event.id,
        "unit_xyz789",
    )
    assert notice.text == (
        "Unit 305: status vacant → occupied; "
        "lease none → lease_abc (2026-04-01 to 2027-03-31); occupants none → 2"
    )
    unit = the_unit(bench)
    assert (unit.status, unit.lease) == ("occupied", Lease(**LEASE))  # type: ignore[arg-type]


def test_an_update_that_comes_first_imports_and_tells_the_same(bench: Bench) -> None:
    event = bench.deliver(DATA_UPDATE)
    assert event.outcome is Outcome.CREATED
    changes = bench.read(changes_of_event, event.id)
    assert [change.field for change in changes] == ["status", "lease", "occupant_count"]
    assert len(bench.read(list_notifications)) == 1
    late = bench.deliver(DATA_NEW)
    assert (late.state, late.reason) == (EventState.IGNORED, Reason.STALE)
    assert the_unit(bench).status == "occupied"


def test_a_sync_is_recorded_and_refreshes(bench: Bench) -> None:
    event = bench.deliver(SYNC_COMPLETE)
    assert (event.state, event.outcome) == (EventState.PROCESSED, Outcome.REFRESHED)
    sync = bench.read(sync_of_event, event.id)
    assert sync is not None
    assert (sync.sync_id, sync.stats["units_synced"]) == ("sync_def456", 1200)
    [connection] = bench.read(list_connections)
    assert connection.last_sync_at == datetime(2026, 3, 25, 16, tzinfo=UTC)


def test_all_of_them_in_order(bench: Bench) -> None:
    bodies = [TEST_PING, DATA_NEW, DATA_UPDATE, SYNC_COMPLETE]
    assert [bench.post(body).status for body in bodies] == [200] * 4
    events = bench.settle()
    assert [event.outcome for event in events] == [
        Outcome.ACKNOWLEDGED,
        Outcome.CREATED,
        Outcome.UPDATED,
        Outcome.REFRESHED,
    ]
    assert [delivery.verdict for delivery in bench.deliveries()] == [Verdict.VALID] * 4
    [connection] = bench.read(list_connections)
    assert (connection.connection_id, connection.registered, connection.events) == (
        "conn_abc123",
        True,
        3,
    )
    [building] = bench.read(list_properties)
    assert (building.property_id, building.state, building.units) == (
        "prop_001",
        PropertyState.LINKED,
        48,
    )
    # The sync brought the rest of the building from the simulated API.
    assert len(bench.read(list_units, limit=0)) == 48


def test_the_curl_command_is_refused_and_shown_as_a_failure(bench: Bench) -> None:
    reply = bench.post(TEST_PING, ("Content-Type", "application/json"), signature="test_signature")
    assert (reply.status, reply.body) == (401, b'{"error":"invalid_signature"}')
    [delivery] = bench.deliveries()
    assert (delivery.status, delivery.verdict) == (401, Verdict.INVALID)
    assert (delivery.event_id, delivery.state, delivery.event) == (None, None, None)
    assert bench.events() == []
    wait_until(lambda: bench.deliveries()[0].diagnosis == "placeholder", "it is diagnosed")


def test_without_the_sample_connection_the_examples_are_logged_only(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with open_bench(sample_connection=False) as bench:
        event = bench.deliver(DATA_NEW)
        assert (event.state, event.reason) == (EventState.IGNORED, Reason.UNKNOWN_CONNECTION)
        [connection] = bench.read(list_connections)
        assert (connection.connection_id, connection.registered) == ("conn_abc123", False)
        assert bench.read(list_units) == []


def test_the_header_is_the_published_one() -> None:
    assert SIGNATURE_HEADER == "X-Propexo-Signature"
