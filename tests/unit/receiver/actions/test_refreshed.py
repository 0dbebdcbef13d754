"""Events of a property whose units and leases were seen by a refresh, later than they happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from store.records import EventState, Lease, LeaseRecord, Outcome, Reason

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

CONNECTION, PROPERTY = "conn_abc123", "prop_001"
LEASE = {"id": "l1", "unit_id": "u1", "status": "active", "occupant_count": 2}


def refresh_at(books: Books, hour: int) -> None:
    known = books.property(CONNECTION, PROPERTY)
    assert known is not None
    books.put(replace(known, refreshed_at=datetime(2026, 3, 25, hour, tzinfo=UTC)))


def test_an_older_event_of_a_unit_is_stale(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "sqft": 900}, hour=8)
    refresh_at(books, 12)
    finish = books.tell("update", "unit", {"id": "u1", "sqft": 800}, hour=11)
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.STALE)
    assert "what is in force is of 2026-03-25T12:00:00Z" in (finish.error or "")
    assert books.the_unit().sqft == 900
    forced = books.tell("update", "unit", {"id": "u1", "sqft": 800}, hour=11, force=True)
    assert forced.outcome is Outcome.UPDATED


def test_a_newer_one_is_applied(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "sqft": 900}, hour=8)
    refresh_at(books, 12)
    books.tell("update", "unit", {"id": "u1", "sqft": 800}, hour=13)
    assert books.the_unit().sqft == 800


def test_an_older_event_of_a_unit_that_is_not_known_is_not_lost(books: Books) -> None:
    refresh_at(books, 12)
    assert books.tell("new", "unit", {"id": "u1"}, hour=11).outcome is Outcome.CREATED


def test_an_older_event_of_a_known_lease_is_stale(books: Books) -> None:
    books.put(
        LeaseRecord(connection_id=CONNECTION, lease_id="l1", property_id=PROPERTY, status="active")
    )
    refresh_at(books, 12)
    assert books.tell("update", "lease", LEASE, hour=11).reason is Reason.STALE
    assert books.tell("update", "lease", LEASE, hour=13).outcome is Outcome.UPDATED


def test_an_older_lease_that_was_not_listed_is_none_of_the_units_present(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "status": "vacant"}, hour=8)
    refresh_at(books, 12)
    finish = books.tell("new", "lease", LEASE, hour=11)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())
    assert books.the_unit().lease is None
    books.tell("update", "lease", LEASE, hour=13)
    assert books.the_unit().lease == Lease(lease_id="l1", status="active", occupant_count=2)


def test_a_contradiction_is_told_as_drift(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "unit_number": "5", "status": "vacant"}, hour=8)
    changes = {"status": {"old": "vacant", "new": "notice"}}
    finish = books.tell("update", "unit", {"id": "u1", "status": "occupied"}, changes=changes)
    [drift] = [notice for notice in finish.notices if notice.kind == "drift"]
    assert drift.text == (
        "Unit 5: the event contradicts itself: changes.status.new contradicts data.status, which "
        "was applied."
    )


def test_a_missed_event_is_told_as_what_it_means(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "unit_number": "5", "status": "vacant"}, hour=8)
    changes = {"status": {"old": "notice", "new": "occupied"}}
    finish = books.tell("update", "unit", {"id": "u1", "status": "occupied"}, changes=changes)
    assert [notice.text for notice in finish.notices if notice.kind == "drift"] == [
        "Unit 5: an event was missed: status was vacant here, Propexo says it was notice."
    ]
