"""How a bill is divided: by each method, exactly, and never by a guess."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.billing.shares import Share, divide, to_cents
from receiver.billing.weights import Method, Payer, Vacant, occupant_factor
from store.records import Lease, Occupancy, Unit


def unit(unit_id: str, occupants: int | None = 1, **fields: Any) -> Unit:
    lease = None if occupants is None else Lease(lease_id="l", occupant_count=occupants)
    values: dict[str, Any] = {"status": "occupied", "sqft": 900, "bedrooms": 2} | fields
    return Unit(connection_id="c", unit_id=unit_id, property_id="p", lease=lease, **values)


def parts(units: list[Unit], method: Method, vacant: Vacant = Vacant.EXCLUDED) -> dict[str, str]:
    division = divide(units, method, vacant)
    return {each.unit.unit_id: str(each.part) for each in division.shares}


BUILDING = [
    unit("a", 1, sqft=600, bedrooms=0),
    unit("b", 2, sqft=900, bedrooms=1),
    unit("c", 4, sqft=1_500, bedrooms=3),
    unit("d", None, sqft=1_000, bedrooms=2, status="vacant"),
]


def test_by_occupants() -> None:
    assert parts(BUILDING, Method.OCCUPANTS) == {"a": "1/7", "b": "2/7", "c": "4/7"}


def test_by_occupant_factor() -> None:
    # 1.0 + 1.6 + 2.6 = 5.2
    assert parts(BUILDING, Method.OCCUPANT_FACTOR) == {"a": "5/26", "b": "4/13", "c": "1/2"}


def test_by_square_feet() -> None:
    assert parts(BUILDING, Method.SQFT) == {"a": "1/5", "b": "3/10", "c": "1/2"}


def test_half_and_half() -> None:
    # The first has a fifth of the area and 1.0 of 5.2 factors: half of the sum.
    assert parts(BUILDING, Method.HALF) == {"a": "51/260", "b": "79/260", "c": "1/2"}


def test_by_bedrooms_a_studio_counts_as_one() -> None:
    assert parts(BUILDING, Method.BEDROOMS) == {"a": "1/5", "b": "1/5", "c": "3/5"}


def test_the_owner_pays_for_vacant_units() -> None:
    division = divide(BUILDING, Method.SQFT, Vacant.OWNER)
    assert [(each.unit.unit_id, each.payer, str(each.part)) for each in division.shares] == [
        ("a", Payer.RESIDENT, "3/20"),
        ("b", Payer.RESIDENT, "9/40"),
        ("c", Payer.RESIDENT, "3/8"),
        ("d", Payer.OWNER, "1/4"),
    ]
    assert division.left_out == ()


def test_nobody_lives_in_a_vacant_unit_whatever_its_lease_says() -> None:
    future = unit("d", 3, status="vacant")
    assert parts([*BUILDING[:2], future], Method.OCCUPANTS, Vacant.OWNER)["d"] == "0"


@pytest.mark.parametrize(
    ("odd", "reason", "lacking"),
    [
        (unit("x", None, status="vacant"), "is vacant", False),
        (unit("x", status="model"), "is no ordinary unit, so a person decides", False),
        (unit("x", status="flooded"), "has a status that is not known", True),
        (unit("x", None), "lacks its occupants", True),
    ],
)
def test_who_has_no_share_and_why(odd: Unit, reason: str, *, lacking: bool) -> None:
    division = divide([unit("a"), odd], Method.OCCUPANTS)
    [left_out] = division.left_out
    assert (left_out.unit.unit_id, left_out.reason, left_out.lacking) == ("x", reason, lacking)
    assert division.complete is not lacking
    assert [each.part for each in division.shares] == [1]


@pytest.mark.parametrize(
    ("method", "lacking", "reason"),
    [
        (Method.SQFT, {"sqft": None}, "lacks its area"),
        (Method.HALF, {"sqft": None}, "lacks its area"),
        (Method.BEDROOMS, {"bedrooms": None}, "lacks its bedrooms"),
    ],
)
def test_what_is_missing_is_said(method: Method, lacking: dict[str, Any], reason: str) -> None:
    [left_out] = divide([unit("a"), unit("x", **lacking)], method).left_out
    assert left_out.reason == reason


def test_a_status_that_is_not_known_keeps_the_class_before() -> None:
    strange = unit("x", status="flooded", occupancy=Occupancy.OCCUPIED)
    assert parts([unit("a"), strange], Method.OCCUPANTS) == {"a": "1/2", "x": "1/2"}


def test_nobody_has_a_share_of_nothing() -> None:
    assert divide([], Method.OCCUPANTS).shares == ()
    assert divide([unit("a", 0)], Method.OCCUPANTS).shares == ()


@pytest.mark.parametrize(
    ("occupants", "factor"),
    [(0, "0"), (1, "1"), (2, "8/5"), (3, "11/5"), (4, "13/5"), (5, "3"), (6, "17/5")],
)
def test_the_occupant_factor(occupants: int, factor: str) -> None:
    assert str(occupant_factor(occupants)) == factor


@pytest.mark.parametrize(
    ("weights", "cents", "amounts"),
    [
        ([1, 1, 1], 100, [34, 33, 33]),
        ([1, 1, 1], 101, [34, 34, 33]),
        ([1, 2, 4], 1_000, [143, 286, 571]),
        ([1, 1], 0, [0, 0]),
        # Rounded down: 66, 0, 33; the middle one lost most.
        ([2, 0, 1], 100, [67, 0, 33]),
        ([5, 3, 3], 1, [1, 0, 0]),
    ],
)
def test_cents_by_the_largest_remainder(weights: list[int], cents: int, amounts: list[int]) -> None:
    shares = [Share(unit("u"), Payer.RESIDENT, Fraction(each, sum(weights))) for each in weights]
    assert to_cents(shares, cents) == amounts


units = st.builds(
    unit,
    st.uuids().map(str),
    st.none() | st.integers(0, 9),
    sqft=st.none() | st.integers(0, 3_000) | st.sampled_from([950.5, 0.1]),
    bedrooms=st.none() | st.sampled_from([0, 1, 2, 1.5]),
    status=st.sampled_from(["occupied", "vacant", "notice", "model", "flooded", None]),
)


@given(
    st.lists(units, max_size=20),
    st.sampled_from(Method),
    st.sampled_from(Vacant),
    st.integers(0, 10_000_000),
)
def test_shares_add_up_to_one_and_amounts_to_the_bill(
    building: list[Unit], method: Method, vacant: Vacant, cents: int
) -> None:
    division = divide(building, method, vacant)
    everybody = {each.unit.unit_id for each in division.shares}
    everybody |= {each.unit.unit_id for each in division.left_out}
    if division.shares:
        assert sum(each.part for each in division.shares) == 1
        assert all(each.part >= 0 for each in division.shares)
        assert everybody == {each.unit_id for each in building}
        amounts = to_cents(division.shares, cents)
        assert sum(amounts) == cents
        for share, amount in zip(division.shares, amounts, strict=True):
            assert abs(amount - cents * share.part) < 1
