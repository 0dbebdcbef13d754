"""What is not read or weighed again is what reading and weighing it would have given."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from receiver.billing import current_lease
from receiver.billing.current_lease import read_current_lease
from receiver.billing.weights import Method, Vacant, measure_by, weigh_one
from store.records import Lease, Occupancy, Unit

DAYS = st.sampled_from([None, "2026-01-01", "2026-06-30"])
COUNTS = st.sampled_from([None, 0, 1, 2])
LEASES = st.builds(
    Lease,
    lease_id=st.sampled_from([None, "l1", "l2"]),
    status=st.sampled_from([None, "active"]),
    resident_name=st.sampled_from([None, "A. Example"]),
    occupant_count=COUNTS,
    start_date=DAYS,
    end_date=DAYS,
)
SAID: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from([None, "l1", "l2", "", 1]),
        "status": st.sampled_from([None, "active", 1]),
        "resident_name": st.sampled_from([None, "A. Example", ["A"]]),
        "occupant_count": st.sampled_from([None, 0, 1, 2, True, False, 1.0, "2", "many"]),
        "start_date": st.sampled_from([None, "2026-01-01", "2026-06-30", "soon"]),
        "end_date": st.sampled_from([None, "2026-01-01", "2026-06-30", 5]),
    },
)


@example({"occupant_count": True}, Lease("l1", occupant_count=1), {"id"})
@given(SAID, LEASES, st.sets(st.sampled_from([*Lease._fields[1:], "id"]), min_size=4))
def test_a_lease_that_says_nothing_new_is_the_one_that_reading_gives(
    said: dict[str, Any], known: Lease, repeated: set[str]
) -> None:
    terms = {"id": known.lease_id, **known._asdict()}
    said = said | {name: terms[name] for name in repeated}
    problems: list[str] = []
    found = read_current_lease(said, known, problems)
    with patch.object(current_lease, "_repeats", lambda *_: False):
        expected_problems: list[str] = []
        expected = read_current_lease(said, known, expected_problems)
    assert (repr(found), problems) == (repr(expected), expected_problems)


UNITS = st.builds(
    Unit,
    st.just("c"),
    st.just("u"),
    status=st.sampled_from([None, "occupied", "vacant", "model", "strange"]),
    sqft=st.sampled_from([None, 0, 900, 900.5]),
    bedrooms=st.sampled_from([None, 0, 2, 2.5]),
    lease=st.none() | LEASES,
    occupancy=st.none() | st.sampled_from(Occupancy),
)


@given(st.lists(UNITS, min_size=1, max_size=8), st.sampled_from(Method), st.sampled_from(Vacant))
def test_units_that_weigh_the_same_are_alike(
    units: list[Unit], method: Method, vacant: Vacant
) -> None:
    measure = measure_by(method, vacant)
    assert [measure(unit) for unit in units] == [weigh_one(unit, method, vacant) for unit in units]
