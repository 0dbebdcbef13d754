"""What one snapshot does to one unit and its leases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.refreshing import adapter
from receiver.refreshing.facts import Snapshot
from receiver.refreshing.reconciliation import Context, Reconciled, reconcile
from store.records import Lease, LeaseRecord, Occupancy, Unit

NOW = datetime(2026, 3, 25, 16, tzinfo=UTC)
LAST = datetime(2026, 3, 20, 16, tzinfo=UTC)
KNOWN = Unit(
    connection_id="c",
    unit_id="u",
    property_id="p",
    unit_number="305",
    status="occupied",
    sqft=900,
    occupancy=Occupancy.OCCUPIED,
    lease=Lease(
        lease_id="l1", resident_name="Ann", occupant_count=2, start_date="2026-01-01", end_date=None
    ),
    applied_at=datetime(2026, 3, 1, tzinfo=UTC),
)
LISTED = {"id": "u", "property_id": "p", "number": "305", "square_feet": 900, "is_vacant": False}


def lease(lease_id: str = "l1", status: str = "ACTIVE", **fields: Any) -> dict[str, Any]:
    return {
        "id": lease_id,
        "unit_id": "u",
        "property_id": "p",
        "status_normalized": status,
        "start_date": "2026-01-01T00:00:00.000Z",
    } | fields


@dataclass
class Books:
    unit: Unit | None = KNOWN
    leases: list[LeaseRecord] = field(default_factory=list)

    def refresh(
        self, listed: dict[str, Any], *leases: dict[str, Any], at: datetime = NOW, **more: Any
    ) -> Reconciled:
        """Compares, and takes over what differs."""
        problems: list[str] = []
        snapshot = Snapshot(
            connection_id="c",
            properties=frozenset({"p"}),
            as_of=at,
            units=tuple(filter(None, [adapter.read_unit(listed, problems)])),
            leases=tuple(filter(None, [adapter.read_lease(each, problems) for each in leases])),
        )
        assert problems == []
        context = Context(event_id=9, at=at, linked={"p": LAST} | more, trusted=True)
        units = {self.unit.unit_id: self.unit} if self.unit else {}
        found = reconcile(snapshot, units, self.leases, context)
        for unit in found.units:
            self.unit = unit
        by_id = {each.lease_id: each for each in (*self.leases, *found.leases)}
        self.leases = list(by_id.values())
        return found

    @property
    def now(self) -> Unit:
        assert self.unit is not None
        return self.unit


def fields_of(found: Reconciled) -> dict[str, tuple[Any, Any]]:
    return {
        difference.field: (difference.old, difference.new)
        for _, _, differences in found.changed
        for difference in differences
    }


def test_the_same_again_is_nothing() -> None:
    books = Books()
    found = books.refresh(LISTED, lease())
    assert (found.created, found.changed) == ([], [])
    assert books.refresh(LISTED, lease()).records == []


def test_a_lease_that_is_not_listed_has_ended() -> None:
    found = Books().refresh(LISTED)
    assert fields_of(found)["lease"][1] is None
    assert fields_of(found)["occupant_count"] == (2, None)


@pytest.mark.parametrize(
    "ended",
    [
        lease(status="INACTIVE"),
        lease(realized_move_out_date="2026-03-20T00:00:00.000Z"),
        lease(status="OTHER", status_raw="former"),
    ],
)
def test_a_lease_that_has_ended_is_none(ended: dict[str, Any]) -> None:
    assert fields_of(Books().refresh(LISTED, ended))["lease"][1] is None


def test_a_future_lease_never_takes_the_place_of_the_current_one() -> None:
    books = Books()
    later = lease("l2", "PENDING", start_date="2026-05-01")
    books.refresh(LISTED, lease(), later)
    assert books.now.lease == KNOWN.lease
    assert {each.lease_id: each.status for each in books.leases} == {
        "l1": "active",
        "l2": "pending",
    }


def test_a_future_lease_is_that_of_a_unit_that_is_occupied_without_one() -> None:
    books = Books(KNOWN._replace(lease=None))
    later = lease("l2", "PENDING", start_date="2026-04-01", occupant_count=3)
    books.refresh(LISTED, later)
    assert books.now.lease is not None
    assert (books.now.lease.lease_id, books.now.occupant_count) == ("l2", 3)


def test_a_vacant_unit_has_no_future_lease() -> None:
    books = Books(KNOWN._replace(lease=None, status="vacant", occupancy=Occupancy.VACANT))
    later = lease("l2", "PENDING", start_date="2026-04-01")
    found = books.refresh(LISTED | {"is_vacant": True}, later)
    assert (found.changed, books.now.lease) == ([], None)


def test_the_newest_of_two_current_leases_counts() -> None:
    books = Books()
    books.refresh(LISTED, lease(), lease("l2", start_date="2026-03-01", occupant_count=4))
    assert books.now.lease is not None
    assert (books.now.lease.lease_id, books.now.occupant_count) == ("l2", 4)


def test_old_leases_are_not_imported() -> None:
    books = Books()
    books.refresh(LISTED, lease(), lease("l0", "INACTIVE", start_date="2020-01-01"))
    assert [each.lease_id for each in books.leases] == ["l1"]


def test_other_words_for_the_same_are_no_change() -> None:
    assert KNOWN.lease is not None
    on_notice = KNOWN._replace(status="notice", lease=KNOWN.lease._replace(status="Notice"))
    books = Books(on_notice)
    found = books.refresh(LISTED, lease())
    assert (found.changed, books.now.status) == ([], "notice")


@pytest.mark.parametrize(
    ("status", "occupancy", "vacant", "expected"),
    [
        ("notice unrented", Occupancy.OCCUPIED, False, {}),
        (
            "notice unrented",
            Occupancy.OCCUPIED,
            True,
            {"status": ("notice unrented", "vacant")},
        ),
        ("vacant rented ready", Occupancy.VACANT, True, {}),
        ("model", Occupancy.SPECIAL, True, {}),
        ("flooded", Occupancy.OCCUPIED, True, {"occupancy": ("occupied", "vacant")}),
        ("flooded", Occupancy.OCCUPIED, False, {}),
        ("occupied", Occupancy.OCCUPIED, None, {}),
    ],
)
def test_the_flag_says_the_class_and_not_the_status(
    status: str, occupancy: Occupancy, vacant: bool | None, expected: dict[str, Any]
) -> None:
    books = Books(KNOWN._replace(status=status, occupancy=occupancy))
    assert fields_of(books.refresh(LISTED | {"is_vacant": vacant}, lease())) == expected


def test_who_moved_out_is_counted_off_once() -> None:
    books = Books()
    people = [
        {"resident_id": "a", "resident_type_normalized": "PRIMARY"},
        {"resident_id": "b", "move_out_date": "2026-03-22"},
    ]
    # Two were told at the beginning of March; one of them left since the last refresh.
    found = books.refresh(LISTED, lease(residents_meta_data=people))
    assert fields_of(found) == {"occupant_count": (2, 1)}
    assert KNOWN.lease is not None
    three = Books(KNOWN._replace(lease=KNOWN.lease._replace(occupant_count=3)))
    three.refresh(LISTED, lease(residents_meta_data=people))
    assert three.now.occupant_count == 2
    again = three.refresh(LISTED, lease(residents_meta_data=people), at=NOW.replace(day=26), p=NOW)
    assert (again.changed, three.now.occupant_count) == ([], 2)


def test_null_leaves_what_is_known() -> None:
    nothing = dict.fromkeys(LISTED) | {"id": "u", "property_id": "p"}
    found = Books().refresh(nothing, lease(start_date=None, end_date=None))
    assert found.changed == []


def test_a_unit_that_moved_to_a_property_that_is_not_linked_says_so() -> None:
    found = Books().refresh(LISTED | {"property_id": "q"}, lease())
    assert fields_of(found) == {"property_id": ("p", "q")}


def test_a_unit_of_a_property_that_is_not_linked_is_not_imported() -> None:
    found = Books(None).refresh(LISTED | {"property_id": "q"})
    assert found.records == []


def test_a_unit_elsewhere_is_not_missing() -> None:
    elsewhere = KNOWN._replace(property_id="q")
    found = Books(elsewhere).refresh(LISTED | {"id": "another"})
    assert found.missing == 0
    assert Books().refresh(LISTED | {"id": "another"}).missing == 1
