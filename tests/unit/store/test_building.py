"""Sums over a building follow every change of a unit, whatever the order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.processing.building import Building
from store.records import Unit

UNITS = st.builds(
    Unit,
    connection_id=st.just("c"),
    unit_id=st.sampled_from("abcd"),
    sqft=st.integers(0, 2_000),
)
STEPS = st.lists(st.one_of(UNITS, st.sampled_from("abcd")), max_size=30)


def area(unit: Unit) -> int:
    assert isinstance(unit.sqft, int)
    return unit.sqft


@given(st.lists(UNITS, max_size=5), STEPS)
def test_a_total_is_what_all_units_measure(before: list[Unit], steps: list[Unit | str]) -> None:
    building = Building(before)
    for step in steps:
        assert building.total(area, 0) == sum(map(area, building))
        if isinstance(step, Unit):
            building.put(step)
            assert building.part(area, step.unit_id) == step.sqft
        else:
            building.remove(step)
            assert building.part(area, step) is None
    assert building.total(area, 0) == sum(map(area, building))
    assert len(building) == len(list(building)) <= 4
