"""Units as they were: changes taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from receiver.billing.occupancy import settle
from receiver.contents.changes import compare_units
from receiver.contents.history import take_back
from store.records import Change, ChangeSource, Lease, Unit

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

AT = datetime(2026, 3, 25, tzinfo=UTC)
leases = st.none() | st.builds(
    Lease,
    lease_id=st.sampled_from(["l1", "l2"]),
    occupant_count=st.integers(0, 3),
    start_date=st.sampled_from(["2026-01-01", None]),
)


def unit(**fields: Any) -> Unit:
    status = fields.get("status")
    return Unit(connection_id="c", unit_id="u", occupancy=settle(status, None), **fields)


units: SearchStrategy[Unit] = st.builds(
    unit,
    status=st.sampled_from(["vacant", "occupied", "model"]),
    sqft=st.sampled_from([900, 950.5, None]),
    bedrooms=st.integers(0, 2),
    lease=leases,
    missing_since=st.sampled_from([None, AT]),
)


def changes_between(states: list[Unit]) -> list[Change]:
    found: list[Change] = []
    for before, after in pairwise(states):
        for field, old, new in compare_units(before, after):
            found.append(
                Change(
                    id=len(found) + 1,
                    at=AT,
                    event_id=1,
                    source=ChangeSource.EVENT,
                    connection_id="c",
                    property_id="p",
                    unit_id="u",
                    unit_number=None,
                    field=field,
                    old=old,
                    new=new,
                    affects_rubs=True,
                )
            )
    return found


@given(st.lists(units, min_size=1, max_size=5), st.randoms())
def test_a_units_changes_lead_back_to_what_it_was(states: list[Unit], random: Any) -> None:
    changes = changes_between(states)
    random.shuffle(changes)
    [found] = take_back([states[-1]], changes)
    assert compare_units(states[0], found) == []
    assert found.occupancy is states[0].occupancy


def test_changes_of_other_units_are_left_alone() -> None:
    [change] = changes_between([unit(sqft=1), unit(sqft=2)])
    other = Unit(connection_id="c", unit_id="v", sqft=3)
    assert take_back([other], [change]) == [other]
