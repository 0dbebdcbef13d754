"""The API's records in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.refreshing.adapter import read_lease, read_unit
from receiver.refreshing.facts import Stay
from store.records import Lease

UNIT: dict[str, Any] = {
    "id": "unit_1",
    "x_id": "77",
    "property_id": "prop_001",
    "number": "305",
    "square_feet": 950,
    "bedrooms": "2",
    "bathrooms": "1.5",
    "is_vacant": False,
    "updated_at": "2026-03-25T15:00:00.000Z",
}
LEASE: dict[str, Any] = {
    "id": "lease_1",
    "unit_id": "unit_1",
    "property_id": "prop_001",
    "start_date": "2026-04-01T00:00:00.000Z",
    "end_date": "2027-03-31",
    "status_normalized": "ACTIVE",
    "status_raw": "Current",
    "realized_move_out_date": None,
    "residents_meta_data": [
        {"resident_id": "a", "resident_type_normalized": "PRIMARY", "move_in_date": "2026-04-01"},
        {"resident_id": "b", "resident_type_normalized": "GUARANTOR"},
        {"resident_id": "c", "move_out_date": "2026-05-01T00:00:00Z"},
    ],
}  # fmt: skip


def test_a_unit_of_the_api() -> None:
    problems: list[str] = []
    facts = read_unit(UNIT, problems)
    assert facts is not None
    assert facts.values == {
        "property_id": "prop_001",
        "unit_number": "305",
        "sqft": 950,
        "bedrooms": 2,
        "bathrooms": 1.5,
    }
    assert (facts.vacant, facts.has_lease, facts.changed_at) == (
        False,
        False,
        datetime(2026, 3, 25, 15, tzinfo=UTC),
    )
    assert problems == []


def test_a_unit_in_a_webhooks_words() -> None:
    problems: list[str] = []
    said = {
        "id": "u",
        "property_id": "p",
        "unit_number": "1",
        "sqft": 1,
        "status": "notice",
        "current_lease": {"id": "l", "occupant_count": 2},
    }
    facts = read_unit(said, problems)
    assert facts is not None
    assert (facts.values["status"], facts.values["sqft"], facts.has_lease) == ("notice", 1, True)
    assert facts.lease == Lease(lease_id="l", occupant_count=2)


def test_null_says_nothing() -> None:
    problems: list[str] = []
    nulls = dict.fromkeys(UNIT) | {"id": "u", "property_id": "p"}
    facts = read_unit(nulls, problems)
    assert facts is not None
    assert facts.values == {"property_id": "p"}
    assert (facts.vacant, facts.changed_at, problems) == (None, None, [])


@pytest.mark.parametrize("rooms", ["Studio", "efficiency", 0])
def test_a_studio_has_no_bedroom(rooms: Any) -> None:
    facts = read_unit(UNIT | {"bedrooms": rooms}, [])
    assert facts is not None
    assert facts.values["bedrooms"] == 0


@pytest.mark.parametrize("record", [{}, {"id": ""}, {"id": 5}])
def test_without_an_id_it_is_none(record: dict[str, Any]) -> None:
    problems: list[str] = []
    assert read_unit(record, problems) is None
    assert read_lease(record, problems) is None
    assert problems == ["a unit without an id", "a lease without an id"]


def test_a_lease_of_the_api() -> None:
    problems: list[str] = []
    facts = read_lease(LEASE, problems)
    assert facts is not None
    assert facts.values == {"start_date": "2026-04-01", "end_date": "2027-03-31"}
    assert facts.statuses == ("ACTIVE", "Current")
    assert facts.stays == (Stay("2026-04-01", None), Stay(None, "2026-05-01"))
    assert problems == []


def test_what_makes_no_sense_is_said_with_the_record() -> None:
    problems: list[str] = []
    facts = read_unit(UNIT | {"square_feet": "nine"}, problems)
    read_lease(LEASE | {"start_date": "2026-02-30"}, problems)
    assert facts is not None
    assert "sqft" not in facts.values
    assert problems == [
        'unit unit_1: data.sqft is "nine", not a number',
        'lease lease_1: data.start_date is "2026-02-30", not a date like 2026-04-01',
    ]
