"""Running processing again from the stored body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.connections import list_connections, register_connection, set_property_state
from store.notifications import list_notifications
from store.reading.events import sync_of_event
from store.reading.units import list_changes
from store.records import EventState, Outcome, PropertyState, Reason
from tests.integration.receiver.conftest import sqft, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.conftest import Bench

    Open = Callable[..., AbstractContextManager[Bench]]


def test_m5_a_late_retry_does_not_undo_what_is_newer_unless_it_is_forced(bench: Bench) -> None:
    bench.deliver(update(1_000, minute=30))
    late = bench.deliver(update(900, minute=10))
    assert (late.state, late.reason) == (EventState.IGNORED, Reason.STALE)
    assert "15:10" in str(late.error)
    assert sqft(bench) == 1_000
    again = bench.reprocess(late.id)
    assert (again.state, again.reason, again.attempts) == (EventState.IGNORED, Reason.STALE, 2)
    forced = bench.reprocess(late.id, force=True)
    assert (forced.state, forced.outcome) == (EventState.PROCESSED, Outcome.UPDATED)
    assert sqft(bench) == 900
    # Force is for once.
    bench.deliver(update(1_000, minute=40))
    assert bench.reprocess(late.id).reason is Reason.STALE


def test_reprocessing_what_is_in_force_changes_nothing(bench: Bench) -> None:
    bench.deliver(update(900))
    event = bench.deliver(update(950, minute=1))
    again = bench.reprocess(event.id)
    assert (again.state, again.outcome, again.attempts) == (
        EventState.PROCESSED,
        Outcome.UNCHANGED,
        2,
    )
    assert len(bench.read(list_changes)) == 1
    assert len(bench.read(list_notifications)) == 1


def test_a_sync_can_be_processed_again(bench: Bench) -> None:
    body = {
        "event": "sync.complete",
        "timestamp": "2026-03-25T16:00:00Z",
        "connection_id": "conn_abc123",
        "sync_id": "s1",
        "stats": {"errors": 0},
    }
    event = bench.deliver(body)
    again = bench.reprocess(event.id)
    assert (again.state, again.outcome, again.attempts) == (
        EventState.PROCESSED,
        Outcome.REFRESHED,
        2,
    )
    assert bench.read(sync_of_event, event.id) is not None
    assert bench.deliver(update(1)).state is EventState.PROCESSED


def test_m7_what_was_unlinked_is_processed_once_it_is_linked(bench: Bench) -> None:
    body = update(900)
    body["data"]["property_id"] = "prop_9"
    event = bench.deliver(body)
    assert (event.state, event.reason) == (EventState.IGNORED, Reason.UNLINKED_PROPERTY)
    bench.write(set_property_state, "conn_abc123", "prop_9", PropertyState.LINKED)
    assert bench.reprocess(event.id).outcome is Outcome.CREATED
    assert sqft(bench) == 900


def test_m7_what_was_unknown_is_processed_once_it_is_registered(bench: Bench) -> None:
    event = bench.deliver(update(900) | {"connection_id": "conn_new"})
    assert (event.state, event.reason) == (EventState.IGNORED, Reason.UNKNOWN_CONNECTION)
    assert bench.reprocess(event.id).reason is Reason.UNKNOWN_CONNECTION
    seen = {one.connection_id: one for one in bench.read(list_connections)}["conn_new"]
    assert (seen.registered, seen.events) == (False, 1)
    bench.write(register_connection, "conn_new", None)
    bench.write(set_property_state, "conn_new", "prop_001", PropertyState.LINKED)
    assert bench.reprocess(event.id).outcome is Outcome.CREATED
