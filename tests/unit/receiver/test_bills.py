"""What a change does to the bill, and to how many neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.billing.bills import Allocation, describe_effect, effect_in, effect_of
from receiver.billing.shares import divide
from receiver.billing.weights import Method, Payer, Vacant
from store.processing.building import Building
from store.records import Lease, Unit

TWELVE = [
    Unit(
        connection_id="c",
        unit_id=f"u{number}",
        property_id="p",
        status="occupied",
        sqft=900,
        bedrooms=2,
        lease=Lease(lease_id=f"l{number}", occupant_count=2),
    )
    for number in range(12)
]
MOVED_OUT = TWELVE[0]._replace(status="vacant", lease=None)


def test_a_move_out_raises_every_neighbours_share_when_vacant_units_are_left_out() -> None:
    effect = effect_of([MOVED_OUT, *TWELVE[1:]], [TWELVE[0]], Allocation())
    assert effect.neighbours == 11
    assert effect.average == pytest.approx(100 / 11 - 100 / 12)
    assert describe_effect(effect) == (
        "Divided by occupants, 0.8 points more for each of its 11 neighbours on average"
    )


def test_a_move_in_lowers_it() -> None:
    effect = effect_of(TWELVE, [MOVED_OUT], Allocation())
    assert (describe_effect(effect) or "").startswith("Divided by occupants, 0.8 points less")


def test_neighbours_pay_the_same_when_the_owner_pays_for_vacant_units() -> None:
    allocation = Allocation(Method.SQFT, Vacant.OWNER)
    effect = effect_of([MOVED_OUT, *TWELVE[1:]], [TWELVE[0]], allocation)
    assert effect.average == 0
    assert describe_effect(effect) == (
        "Divided by square feet, the bill of its 11 neighbours stays the same"
    )


def test_a_field_that_the_method_does_not_use_changes_nothing() -> None:
    larger = TWELVE[0]._replace(sqft=2_000)
    effect = effect_of([larger, *TWELVE[1:]], [TWELVE[0]], Allocation())
    assert "stays the same" in (describe_effect(effect) or "")
    by_area = effect_of([larger, *TWELVE[1:]], [TWELVE[0]], Allocation(Method.SQFT))
    assert "points less" in (describe_effect(by_area) or "")


def test_without_neighbours_there_is_nothing_to_say() -> None:
    assert describe_effect(effect_of([MOVED_OUT], [TWELVE[0]], Allocation())) is None


def test_what_is_not_known_is_said() -> None:
    unclear = TWELVE[5]._replace(lease=None)
    here = [MOVED_OUT, *TWELVE[1:5], unclear, *TWELVE[6:]]
    effect = effect_of(here, [TWELVE[0]], Allocation())
    assert "10 neighbours on average (not counting 1 of which" in (describe_effect(effect) or "")


buildings = st.lists(
    st.builds(
        lambda unit_id, status, count, sqft: Unit(
            connection_id="c",
            unit_id=unit_id,
            property_id="p",
            status=status,
            sqft=sqft,
            bedrooms=2,
            lease=None if count is None else Lease(occupant_count=count),
        ),
        st.uuids().map(str),
        st.sampled_from(["occupied", "vacant", "model", "flooded"]),
        st.none() | st.integers(0, 4),
        st.none() | st.integers(0, 2_000),
    ),
    min_size=1,
    max_size=8,
)


@given(buildings, st.sampled_from(Method), st.sampled_from(Vacant), st.data())
def test_the_sums_say_what_the_shares_do(
    now: list[Unit], method: Method, vacant: Vacant, data: st.DataObject
) -> None:
    """The short way that notifications take, by the long way of the command."""
    [other] = data.draw(buildings.filter(lambda found: len(found) == 1))
    was = other._replace(unit_id=now[0].unit_id)
    effect = effect_of(now, [was], Allocation(method, vacant))
    before, after = (divide(each, method, vacant) for each in ([was, *now[1:]], now))
    neighbours = {
        share.unit.unit_id: share.part - (before.part_of(share.unit.unit_id) or 0)
        for share in after.shares
        if share.payer is Payer.RESIDENT and share.unit.unit_id != was.unit_id
    }
    if before.shares and after.shares:
        assert effect.neighbours == len(neighbours)
        average = 100 * sum(neighbours.values()) / max(1, len(neighbours))
        assert effect.average == pytest.approx(float(average))
        assert effect.moved or not any(neighbours.values())


@given(buildings, buildings, st.sampled_from(Method), st.sampled_from(Vacant), st.booleans())
def test_a_building_that_keeps_its_sums_says_the_same(
    here: list[Unit], others: list[Unit], method: Method, vacant: Vacant, known: bool
) -> None:
    allocation = Allocation(method, vacant)
    now = others[0]._replace(unit_id=here[0].unit_id) if known else others[0]
    before = [here[0]] if known else []
    after = [now, *(here[1:] if known else here)]
    building = Building(here)
    for _ in range(2):
        # The second time by the sums that were kept.
        assert effect_in(building, before, now, allocation) == effect_of(after, before, allocation)
