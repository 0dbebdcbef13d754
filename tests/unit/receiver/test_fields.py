from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.contents.fields import read_lease, read_property, read_resident, read_unit

NUMBERS = {
    "an-integer": (950, 950),
    "zero": (0, 0),
    "a-fraction": (1.5, 1.5),
    "a-whole-fraction": (950.0, 950),
    "a-text": ("950", 950),
    "a-text-with-spaces": (" 950 ", 950),
    "a-text-with-zeros": ("950.00", 950),
    "a-text-with-a-fraction": ("1.5", 1.5),
    "minus-zero": (-0.0, 0),
    "the-most": (10_000_000, 10_000_000),
    "null": (None, None),
}


@pytest.mark.parametrize(("said", "meant"), NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("name", ["sqft", "bedrooms", "bathrooms"])
def test_a_number_is_what_it_means(name: str, said: Any, meant: Any) -> None:
    read = read_unit({name: said})
    assert read.values == {name: meant}
    assert type(read.values[name]) is type(meant)
    assert read.problems == []


M9 = {
    "negative": -1,
    "a-little-negative": -0.001,
    "too-many": 10_000_001,
    "1e9": 1e9,
    "huge": 10**999,
    "a-word": "nine",
    "empty": "",
    "true": True,
    "false": False,
    "a-list": [950],
    "an-object": {"value": 950},
    "hexadecimal": "0x3B6",
    "exponent": "9e2",
    "thousands": "1,250",
    "underscore": "1_250",
    "full-width": "９５０",
    "a-signed-text": "-950",
    "with-a-unit": "950 sqft",
    "a-long-text": "9" * 5_000,
    "NaN": "NaN",
    "a-real-NaN": math.nan,
    "infinity": math.inf,
}


@pytest.mark.parametrize("value", M9.values(), ids=M9)
@pytest.mark.parametrize("name", ["sqft", "bedrooms", "bathrooms"])
def test_m9_nonsense_is_said_and_the_rest_is_read(name: str, value: Any) -> None:
    read = read_unit({"unit_number": "305", name: value, "status": "vacant"})
    assert read.values == {"unit_number": "305", "status": "vacant"}
    [problem] = read.problems
    assert problem.startswith(f"data.{name} is ")
    assert ", not a number" in problem
    assert len(problem) < 120


@pytest.mark.parametrize(
    ("value", "count"), [(2, 2), (0, 0), (2.0, 2), ("2", 2), ("2.0", 2), (None, None)]
)
def test_occupants_are_a_whole_number(value: Any, count: int | None) -> None:
    assert read_lease({"occupant_count": value}).values == {"occupant_count": count}


@pytest.mark.parametrize("value", [-1, 2.5, "2.5", True, "two", [2], 10**20])
def test_occupants_that_make_no_sense_are_said(value: Any) -> None:
    read = read_lease({"occupant_count": value})
    assert read.values == {}
    assert len(read.problems) == 1


@pytest.mark.parametrize("value", [305, "305", "A-12", "", "305\x1b[2J"])
def test_a_unit_number_may_be_a_number(value: Any) -> None:
    assert read_unit({"unit_number": value}).values == {"unit_number": str(value)}


@pytest.mark.parametrize("value", [True, 305.5, ["305"], {}])
def test_a_unit_number_is_a_text_or_a_whole_number(value: Any) -> None:
    assert read_unit({"unit_number": value}).values == {}


def test_an_absent_field_is_not_an_empty_one() -> None:
    assert read_unit({}).values == {}
    assert read_unit({"status": None}).values == {"status": None}
    assert read_unit({"unheard_of": 1}).values == {}


M12 = [
    "2026-13-01",
    "2026-02-30",
    "04/01/2026",
    "2026-4-1",
    "2026-04-01T00:00:00Z",
    "2026-W13-3",
    "20260401",
    "２０２６-04-01",
    " 2026-04-01",
    "2026-04-01\n",
    "soon",
    "",
    20260401,
    True,
    [],
]


@pytest.mark.parametrize("value", M12)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_m12_a_day_that_does_not_exist_is_said(name: str, value: Any) -> None:
    read = read_lease({name: value, "occupant_count": 2})
    assert read.values == {"occupant_count": 2}
    assert len(read.problems) == 1


def test_m12_a_lease_that_ends_before_it_starts_has_no_dates() -> None:
    read = read_lease({"start_date": "2027-03-31", "end_date": "2026-04-01", "occupant_count": 2})
    assert read.values == {"occupant_count": 2}
    assert read.problems == ["data.end_date is before start_date"]


@pytest.mark.parametrize("end", ["2026-04-01", "2027-03-31", None])
def test_a_lease_may_end_on_its_first_day_or_never(end: str | None) -> None:
    read = read_lease({"start_date": "2026-04-01", "end_date": end})
    assert read.values == {"start_date": "2026-04-01", "end_date": end}


def test_where_a_field_was_wrong_is_said() -> None:
    read = read_lease({"occupant_count": "two"}, within="data.current_lease.")
    assert read.problems == ['data.current_lease.occupant_count is "two", not a number']


@pytest.mark.parametrize("value", [1, True, ["x"], {"x": 1}])
def test_a_text_is_a_text(value: Any) -> None:
    assert read_unit({"status": value}).problems
    assert read_resident({"email": value}).problems
    assert read_property({"name": value}).problems


def test_an_address_is_one_line() -> None:
    parts = {"street": "1 Main St", "zip": 12345, "geo": [1, 2], "country": None, "city": "Bend"}
    assert read_property({"address": parts}).values == {"address": "1 Main St, 12345, Bend"}
    assert read_property({"address": "1 Main St"}).values == {"address": "1 Main St"}
    assert read_property({"address": [1]}).values == {}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.from_regex(r"\A-?[0-9]{1,10}(\.[0-9]{1,8})?\Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NAMES = (
    "property_id unit_number status sqft bedrooms bathrooms unit_id name resident_name "
    "occupant_count start_date end_date lease_id email address"
)
names = st.sampled_from(NAMES.split())


@given(st.dictionaries(names, json_values))
def test_no_value_raises_and_none_is_lost_without_a_word(data: dict[str, Any]) -> None:
    for read, known in (
        (read_unit(data), 6),
        (read_lease(data), 7),
        (read_resident(data), 6),
        (read_property(data), 2),
    ):
        assert len(read.values) <= known
        assert all(len(problem) < 140 for problem in read.problems)
        for name, value in read.values.items():
            assert name in data
            assert value is None or isinstance(value, str | int | float)
            if name in ("sqft", "bedrooms", "bathrooms", "occupant_count"):
                assert value is None or 0 <= float(value) <= 10_000_000
    unread = set(data) & {"sqft", "status", "unit_number"} - set(read_unit(data).values)
    assert len(unread) <= len(read_unit(data).problems)
