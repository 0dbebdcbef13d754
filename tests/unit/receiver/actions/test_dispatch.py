from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from store.records import EventState, Outcome, Reason
from tests.unit.receiver.actions.conftest import CONNECTION

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

SYNC: dict[str, Any] = {
    "event": "sync.complete",
    "timestamp": "2026-03-25T16:00:00Z",
    "connection_id": CONNECTION,
    "sync_id": "sync_def456",
    "stats": {"units_synced": 1_200, "errors": 0},
}


def test_m14_a_ping_is_acknowledged(books: Books) -> None:
    before = dict(books.records)
    finish = books.apply({"event": "test.ping", "timestamp": "2026-03-25T10:00:00Z", "data": {}})
    assert (finish.state, finish.outcome) == (EventState.PROCESSED, Outcome.ACKNOWLEDGED)
    assert books.records == before


@pytest.mark.parametrize(
    "event", ["data.deleted", "lease.signed", "test.pong", "DATA.NEW", "data.new."]
)
def test_e3_an_unknown_event_is_not_processed(books: Books, event: str) -> None:
    body = SYNC | {"event": event, "resource_type": "unit", "data": {"id": "u1"}}
    finish = books.apply(body)
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.UNSUPPORTED_EVENT)
    assert finish.error == f"Events of the kind {event} are not processed."


@pytest.mark.parametrize("resource_type", ["building", "Unit", "units", "unit "])
@pytest.mark.parametrize("event", ["new", "update"])
def test_e13_an_unknown_type_is_not_processed(books: Books, event: str, resource_type: str) -> None:
    finish = books.tell(event, resource_type, {"id": "b1"})
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.UNSUPPORTED_RESOURCE_TYPE)


@pytest.mark.parametrize("resource_type", ["unit", "lease", "resident", "property", "building"])
def test_m7_an_unknown_connection_comes_before_the_type(books: Books, resource_type: str) -> None:
    finish = books.tell("new", resource_type, {"id": "x"}, connection_id="other")
    assert finish.reason is Reason.UNKNOWN_CONNECTION
    assert finish.error is not None
    assert "other" in finish.error


def test_a_sync_is_recorded_and_says_that_nothing_was_refreshed(books: Books) -> None:
    finish = books.apply(SYNC)
    assert (finish.state, finish.outcome) == (EventState.PROCESSED, Outcome.SKIPPED)
    assert finish.sync == SYNC
    assert finish.error is not None
    known = books.connection(CONNECTION)
    assert known is not None
    assert known.last_sync_at == datetime(2026, 3, 25, 16, tzinfo=UTC)
    assert known.registered


def test_an_older_sync_does_not_turn_the_clock_back(books: Books) -> None:
    books.apply(SYNC)
    books.apply(SYNC | {"timestamp": "2026-03-25T15:00:00Z"})
    known = books.connection(CONNECTION)
    assert known is not None
    assert known.last_sync_at == datetime(2026, 3, 25, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "odd", [{"stats": {"errors": 5, "units_synced": -3}}, {"stats": None}, {"sync_id": 7}]
)
def test_m11_a_sync_with_odd_numbers_is_recorded(books: Books, odd: dict[str, Any]) -> None:
    assert books.apply(SYNC | odd).outcome is Outcome.SKIPPED


def test_a_sync_of_an_unknown_connection_is_not_processed(books: Books) -> None:
    finish = books.apply(SYNC | {"connection_id": "other"})
    assert (finish.reason, finish.sync) == (Reason.UNKNOWN_CONNECTION, None)
