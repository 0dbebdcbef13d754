from __future__ import annotations

from typing import Any

import pytest

from receiver.contents.changes import Difference, compare_units, describe_lease, same_lease
from store.records import Lease, Unit

LEASE = Lease(
    lease_id="lease_abc",
    resident_name="John Smith",
    occupant_count=2,
    start_date="2026-04-01",
    end_date="2027-03-31",
)
UNIT = Unit(
    connection_id="c",
    unit_id="u",
    property_id="prop_001",
    unit_number="305",
    status="occupied",
    sqft=950,
    bedrooms=2,
    bathrooms=1.5,
    lease=LEASE,
)


def test_equal_units_differ_in_nothing() -> None:
    assert compare_units(UNIT, UNIT) == []
    assert compare_units(UNIT, UNIT._replace(sqft=950.0, bedrooms=2.0)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("property_id", "p2"),
        ("unit_number", "306"),
        ("status", "vacant"),
        ("status", None),
        ("sqft", 951),
        ("sqft", None),
        ("bedrooms", 3),
        ("bathrooms", 2),
    ],
)
def test_each_field_of_a_unit_is_told(field: str, value: Any) -> None:
    after = UNIT._replace(**{field: value})
    assert compare_units(UNIT, after) == [Difference(field, getattr(UNIT, field), value)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "notice"), ("end_date", "2028-03-31"), ("end_date", None)],
)
def test_each_term_of_one_lease_is_told(field: str, value: Any) -> None:
    after = UNIT._replace(lease=LEASE._replace(**{field: value}))
    assert compare_units(UNIT, after) == [
        Difference(f"lease.{field}", getattr(LEASE, field), value)
    ]


def test_the_terms_that_tell_leases_apart_may_change_within_one_that_has_an_id() -> None:
    after = UNIT._replace(lease=LEASE._replace(start_date="2026-05-01", resident_name="J. Smith"))
    assert [found.field for found in compare_units(UNIT, after)] == [
        "lease.start_date",
        "lease.resident_name",
    ]


def test_occupants_are_a_field_of_the_unit() -> None:
    after = UNIT._replace(lease=LEASE._replace(occupant_count=3))
    assert compare_units(UNIT, after) == [Difference("occupant_count", 2, 3)]


def test_a_lease_that_ends_is_one_difference_and_its_occupants_another() -> None:
    assert compare_units(UNIT, UNIT._replace(lease=None)) == [
        Difference("lease", describe_lease(LEASE), None),
        Difference("occupant_count", 2, None),
    ]


def test_another_lease_is_one_difference() -> None:
    other = LEASE._replace(lease_id="lease_def", start_date="2027-04-01", end_date=None)
    assert compare_units(UNIT, UNIT._replace(lease=other)) == [
        Difference("lease", describe_lease(LEASE), describe_lease(other))
    ]


def test_what_a_unit_does_not_keep_is_no_difference() -> None:
    assert compare_units(UNIT, UNIT._replace(last_event_id=7)) == []


SAME = {
    "the-same-id": (Lease(lease_id="a", start_date="1"), Lease(lease_id="a", start_date="2"), True),
    "another-id": (Lease(lease_id="a", start_date="1"), Lease(lease_id="b", start_date="1"), False),
    "no-id-the-same-day": (Lease(start_date="1"), Lease(start_date="1"), True),
    "no-id-another-day": (Lease(start_date="1"), Lease(start_date="2"), False),
    "no-id-another-resident": (Lease(resident_name="A"), Lease(resident_name="B"), False),
    "one-id-the-same-day": (Lease(lease_id="a", start_date="1"), Lease(start_date="1"), True),
    "one-id-another-day": (Lease(lease_id="a", start_date="1"), Lease(start_date="2"), False),
    "one-says-less": (Lease(start_date="1", resident_name="A"), Lease(resident_name="A"), True),
    "nothing-said": (Lease(), Lease(lease_id="a"), True),
}


@pytest.mark.parametrize(("one", "other", "same"), SAME.values(), ids=SAME)
def test_one_lease_or_two(one: Lease, other: Lease, same: bool) -> None:
    assert same_lease(one, other) is same
    assert same_lease(other, one) is same


def test_a_lease_is_described_by_what_it_says() -> None:
    assert describe_lease(None) is None
    assert describe_lease(Lease(lease_id="a", occupant_count=0)) == {
        "lease_id": "a",
        "occupant_count": 0,
    }
