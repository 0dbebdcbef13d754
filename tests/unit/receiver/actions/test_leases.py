from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.records import EventState, Outcome, Property, PropertyState, Reason
from tests.unit.receiver.actions.conftest import CONNECTION, told

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

UNIT = {"id": "u1", "unit_number": "305", "status": "vacant"}
LEASE = {
    "id": "l1",
    "unit_id": "u1",
    "status": "active",
    "resident_name": "Ann",
    "occupant_count": 2,
    "start_date": "2026-03-01",
    "end_date": "2027-02-28",
}


def test_a_signed_lease_becomes_the_current_one_of_its_unit(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    finish = books.tell("new", "lease", LEASE, hour=13)
    assert (finish.state, finish.outcome) == (EventState.PROCESSED, Outcome.CREATED)
    assert list(told(finish)) == ["lease", "occupant_count"]
    assert len(finish.notices) == 1
    assert books.the_unit().occupant_count == 2
    assert books.the_unit().last_event_id == 2


def test_a_lease_whose_unit_is_not_known_is_kept(books: Books) -> None:
    finish = books.tell("new", "lease", LEASE)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())
    kept = books.lease(CONNECTION, "l1")
    assert kept is not None
    assert (kept.unit_id, kept.occupant_count, kept.property_id) == ("u1", 2, "prop_001")


CHANGED = {
    "occupants": ({"occupant_count": 3}, {"occupant_count": (2, 3)}, 1),
    "renewed": ({"end_date": "2028-02-29"}, {"lease.end_date": ("2027-02-28", "2028-02-29")}, 1),
    "on-notice": ({"status": "notice"}, {"lease.status": ("active", "notice")}, 1),
    "a-name": ({"resident_name": "Ann B"}, {"lease.resident_name": ("Ann", "Ann B")}, 0),
    "equal": ({"occupant_count": "2"}, {}, 0),
}


@pytest.mark.parametrize(("data", "changes", "notices"), CHANGED.values(), ids=CHANGED)
def test_an_updated_lease_is_told_as_its_units_change(
    books: Books, data: dict[str, Any], changes: dict[str, Any], notices: int
) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    finish = books.tell("update", "lease", {"id": "l1"} | data, hour=14)
    assert told(finish) == changes
    assert len(finish.notices) == notices
    assert finish.outcome is (Outcome.UPDATED if changes else Outcome.UNCHANGED)


@pytest.mark.parametrize("ended", [{"status": "Past"}, {"status": None, "end_date": "2026-03-24"}])
def test_a_lease_that_ends_leaves_its_unit(books: Books, ended: dict[str, Any]) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    finish = books.tell("update", "lease", {"id": "l1"} | ended, hour=14)
    assert told(finish)["occupant_count"] == (2, None)
    assert books.the_unit().lease is None
    assert len(finish.notices) == 1


@pytest.mark.parametrize(
    "future",
    [{"status": "future"}, {"status": "Pending"}, {"status": None, "start_date": "2026-03-26"}],
)
def test_a_future_lease_does_not_take_the_place_of_the_current_one(
    books: Books, future: dict[str, Any]
) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    other = LEASE | {"id": "l2", "resident_name": "Bob", "occupant_count": 5} | future
    finish = books.tell("new", "lease", other, hour=14)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())
    current = books.the_unit().lease
    assert current is not None
    assert current.lease_id == "l1"


def test_a_lease_of_unknown_standing_does_not_take_the_place_of_the_current_one(
    books: Books,
) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    books.tell("new", "lease", LEASE | {"id": "l2", "status": "weird"}, hour=14)
    current = books.the_unit().lease
    assert current is not None
    assert current.lease_id == "l1"


def test_an_ended_lease_that_is_not_the_current_one_changes_no_unit(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    finish = books.tell("update", "lease", LEASE | {"id": "l0", "status": "past"}, hour=14)
    assert finish.changes == ()
    assert books.the_unit().occupant_count == 2


def test_another_active_lease_takes_the_place_of_the_current_one(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    other = LEASE | {"id": "l2", "resident_name": "Bob", "occupant_count": 2}
    finish = books.tell("new", "lease", other, hour=14)
    assert list(told(finish)) == ["lease"]
    assert len(finish.notices) == 1


def test_m12_dates_that_make_no_sense_keep_the_old_ones(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "lease", LEASE, hour=13)
    data = {"id": "l1", "start_date": "2027-01-01", "end_date": "2026-01-01", "occupant_count": 3}
    finish = books.tell("update", "lease", data, hour=14)
    assert finish.error == "data.end_date is before start_date"
    assert told(finish) == {"occupant_count": (2, 3)}


def test_m5_an_older_lease_is_stale_unless_forced(books: Books) -> None:
    books.tell("update", "lease", LEASE, hour=14)
    older = LEASE | {"occupant_count": 1}
    assert books.tell("update", "lease", older, hour=13).reason is Reason.STALE
    assert books.tell("update", "lease", older, hour=13, force=True).outcome is Outcome.UPDATED


def test_a_lease_that_is_older_than_its_unit_does_not_change_the_unit(books: Books) -> None:
    books.tell("new", "unit", UNIT | {"status": "occupied"}, hour=14)
    finish = books.tell("new", "lease", LEASE, hour=13)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())
    assert books.the_unit().lease is None


def test_a_lease_may_leave_its_property_to_its_unit(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    finish = books.tell("new", "lease", LEASE | {"property_id": None}, hour=13)
    assert finish.outcome is Outcome.CREATED
    kept = books.lease(CONNECTION, "l1")
    assert kept is not None
    assert kept.property_id == "prop_001"


def test_a_lease_of_nothing_that_is_known_is_not_processed(books: Books) -> None:
    finish = books.tell("new", "lease", LEASE | {"property_id": None})
    assert finish.reason is Reason.UNLINKED_PROPERTY
    assert books.lease(CONNECTION, "l1") is None


def test_m7_a_lease_of_an_unlinked_property_is_not_processed(books: Books) -> None:
    books.put(Property(connection_id=CONNECTION, property_id="p2", state=PropertyState.UNLINKED))
    assert books.tell("new", "lease", LEASE | {"property_id": "p2"}).reason is (
        Reason.UNLINKED_PROPERTY
    )


def test_a_lease_that_came_before_its_unit_is_the_units_when_it_comes(books: Books) -> None:
    books.tell("new", "lease", LEASE)
    books.tell("new", "lease", LEASE | {"id": "l2", "status": "future"})
    finish = books.tell("new", "unit", UNIT | {"status": "occupied"}, hour=13)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())
    lease = books.the_unit().lease
    assert lease is not None
    assert (lease.lease_id, lease.occupant_count) == ("l1", 2)


def test_what_a_new_unit_says_of_its_lease_counts_more_than_what_came_before(books: Books) -> None:
    books.tell("new", "lease", LEASE)
    books.tell("new", "unit", UNIT | {"current_lease": None}, hour=13)
    assert books.the_unit().lease is None


def test_a_lease_that_moves_leaves_its_unit(books: Books) -> None:
    books.tell("new", "unit", UNIT)
    books.tell("new", "unit", UNIT | {"id": "u2", "unit_number": "306"})
    books.tell("new", "lease", LEASE, hour=13)
    finish = books.tell("update", "lease", {"id": "l1", "unit_id": "u2"}, hour=14)
    left, taken = books.unit(CONNECTION, "u1"), books.unit(CONNECTION, "u2")
    assert left is not None
    assert taken is not None
    assert (left.occupant_count, taken.occupant_count) == (None, 2)
    assert {(change.unit_id, change.field) for change in finish.changes} == {
        ("u1", "lease"),
        ("u1", "occupant_count"),
        ("u2", "lease"),
        ("u2", "occupant_count"),
    }
    assert len(finish.notices) == 2
