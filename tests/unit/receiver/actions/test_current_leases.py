from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.records import Lease, NotificationKind, Outcome
from tests.unit.receiver.actions.conftest import told

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

LEASE = {"id": "l1", "resident_name": "Ann", "occupant_count": 2, "start_date": "2026-04-01"}
UNIT = {"id": "u1", "unit_number": "305", "sqft": 950, "bedrooms": 2, "bathrooms": 1}
OCCUPIED = UNIT | {"status": "occupied", "current_lease": LEASE}
VACANT = UNIT | {"status": "vacant"}


def test_moving_in(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell("update", "unit", OCCUPIED, hour=13)
    assert finish.outcome is Outcome.UPDATED
    assert list(told(finish)) == ["status", "lease", "occupant_count"]
    assert all(change.affects_rubs for change in finish.changes)
    [notice] = finish.notices
    assert notice.kind is NotificationKind.RUBS
    assert notice.text == (
        "Unit 305: status vacant → occupied; lease none → l1 (2026-04-01 to open); "
        "occupants none → 2"
    )


MOVED_OUT: dict[str, tuple[dict[str, Any], Any]] = {
    "lease-null": (VACANT | {"current_lease": None}, None),
    "lease-left-out": (VACANT, None),
    "only-the-status": ({"id": "u1", "status": "Vacant Unrented Ready"}, None),
    "lease-only-in-changes": (UNIT, {"current_lease": {"old": "l1", "new": None}}),
    "both": (VACANT, {"status": {"old": "occupied", "new": "vacant"}}),
}


@pytest.mark.parametrize(("data", "changes"), MOVED_OUT.values(), ids=MOVED_OUT)
def test_moving_out_ends_the_lease(books: Books, data: dict[str, Any], changes: Any) -> None:
    books.tell("new", "unit", OCCUPIED)
    finish = books.tell("update", "unit", data, hour=13, changes=changes)
    found = told(finish)
    assert found["occupant_count"] == (2, None)
    assert found["lease"][1] is None
    assert books.the_unit().lease is None
    assert [notice.kind for notice in finish.notices] == [NotificationKind.RUBS]
    assert "Ann" not in finish.notices[0].text


@pytest.mark.parametrize("status", ["on_notice", "Model", "flooded", "occupied", None, 7])
def test_a_status_that_is_not_vacant_ends_no_lease(books: Books, status: Any) -> None:
    books.tell("new", "unit", OCCUPIED)
    books.tell("update", "unit", UNIT | {"status": status}, hour=13)
    assert books.the_unit().occupant_count == 2


def test_a_unit_that_was_vacant_before_keeps_the_lease_that_was_signed_since(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    books.tell("new", "lease", LEASE | {"unit_id": "u1", "status": "active"}, hour=13)
    finish = books.tell("update", "unit", VACANT | {"sqft": 960}, hour=14)
    assert list(told(finish)) == ["sqft"]
    assert books.the_unit().occupant_count == 2


def test_a_renewal_is_one_change_of_one_lease(books: Books) -> None:
    books.tell("new", "unit", UNIT | {"current_lease": LEASE | {"end_date": "2027-03-31"}})
    renewed = UNIT | {"current_lease": LEASE | {"end_date": "2028-03-31"}}
    finish = books.tell("update", "unit", renewed, hour=13)
    assert told(finish) == {"lease.end_date": ("2027-03-31", "2028-03-31")}
    assert finish.notices[0].text == "Unit 305: lease.end_date 2027-03-31 → 2028-03-31"


def test_a_changed_number_of_occupants(books: Books) -> None:
    books.tell("new", "unit", OCCUPIED)
    lease = LEASE | {"occupant_count": 3}
    finish = books.tell("update", "unit", OCCUPIED | {"current_lease": lease}, hour=13)
    assert told(finish) == {"occupant_count": (2, 3)}
    assert [notice.text for notice in finish.notices] == ["Unit 305: occupants 2 → 3"]


def test_another_current_lease_is_one_change(books: Books) -> None:
    books.tell("new", "unit", OCCUPIED)
    other = {"id": "l2", "resident_name": "Bob", "occupant_count": 2, "start_date": "2026-03-20"}
    finish = books.tell("update", "unit", OCCUPIED | {"current_lease": other}, hour=13)
    assert list(told(finish)) == ["lease"]
    [notice] = finish.notices
    assert notice.text == ("Unit 305: lease l1 (2026-04-01 to open) → l2 (2026-03-20 to open)")


def test_a_name_is_a_change_and_no_reason_to_notify(books: Books) -> None:
    books.tell("new", "unit", OCCUPIED)
    lease = LEASE | {"resident_name": "Ann Smith"}
    finish = books.tell("update", "unit", OCCUPIED | {"current_lease": lease}, hour=13)
    assert told(finish) == {"lease.resident_name": ("Ann", "Ann Smith")}
    assert finish.notices == ()


def test_the_id_of_a_lease_may_stand_in_changes(books: Books) -> None:
    lease = {name: value for name, value in LEASE.items() if name != "id"}
    changes = {"current_lease": {"old": None, "new": "lease_abc"}}
    books.tell("update", "unit", OCCUPIED | {"current_lease": lease}, changes=changes)
    found = books.the_unit().lease
    assert found is not None
    assert (found.lease_id, found.occupant_count) == ("lease_abc", 2)


def test_a_lease_may_be_only_an_id(books: Books) -> None:
    books.tell("new", "unit", UNIT | {"current_lease": "l9"})
    assert books.the_unit().lease == Lease(lease_id="l9")


@pytest.mark.parametrize("lease", [7, True, [], ""])
def test_a_lease_that_is_none_keeps_what_is_known(books: Books, lease: Any) -> None:
    books.tell("new", "unit", OCCUPIED)
    finish = books.tell("update", "unit", OCCUPIED | {"current_lease": lease}, hour=13)
    assert (finish.outcome, finish.changes) == (Outcome.UNCHANGED, ())
    assert finish.error == "data.current_lease is neither an object nor null"
    assert books.the_unit().occupant_count == 2


WITHOUT_ID = {name: value for name, value in LEASE.items() if name != "id"}
LEASE_OF_UNIT = LEASE | {"unit_id": "u1", "status": "active"}
TOLD_WITHOUT_ID: dict[str, Any] = {
    "nothing-of-changes": None,
    "moved-in": {"current_lease": {"old": None, "new": WITHOUT_ID}},
    "another-field": {"sqft": {"old": 900, "new": 950}},
}


@pytest.mark.parametrize("changes", TOLD_WITHOUT_ID.values(), ids=TOLD_WITHOUT_ID)
def test_a_lease_keeps_the_id_of_its_record_when_its_unit_tells_none(
    books: Books, changes: Any
) -> None:
    books.tell("new", "lease", LEASE_OF_UNIT)
    data = UNIT | {"status": "occupied", "current_lease": WITHOUT_ID}
    books.tell("update", "unit", data, hour=13, changes=changes)
    lease = books.the_unit().lease
    assert lease is not None
    assert lease.lease_id == "l1"


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([{"start_date": "2026-05-01"}], id="another-day"),
        pytest.param([{"start_date": None}], id="no-day"),
        pytest.param([{"resident_name": "Ben"}], id="another-resident"),
        pytest.param([{}, {"id": "l2"}], id="two-that-fit"),
    ],
)
def test_a_lease_takes_no_id_that_may_be_anothers(
    books: Books, others: list[dict[str, Any]]
) -> None:
    for other in others:
        books.tell("new", "lease", LEASE_OF_UNIT | {"status": "future"} | other)
    books.tell("new", "unit", UNIT | {"status": "occupied", "current_lease": WITHOUT_ID}, hour=13)
    lease = books.the_unit().lease
    assert lease is not None
    assert lease.lease_id is None
