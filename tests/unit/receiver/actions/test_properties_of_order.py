"""Upserts in any order, with any repetition: what is in force at the end is what was said last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receiver.billing.rubs import classify
from store.records import LeaseRecord, Occupancy, Property, PropertyState, Resident, Unit
from tests.unit.receiver.actions.conftest import CONNECTION, PROPERTY, Books, new_books, told

if TYPE_CHECKING:
    from collections.abc import Iterable

texts = st.sampled_from(["a", "b", None])
leases = st.none() | st.fixed_dictionaries(
    {
        "id": st.sampled_from(["l1", "l2"]),
        "occupant_count": st.integers(0, 3),
        "status": texts,
        "resident_name": texts,
        "start_date": st.sampled_from(["2026-03-01", "2026-04-01"]),
        "end_date": st.sampled_from(["2027-03-31", None]),
    }
)
STATUSES = ["vacant", "occupied", "notice", "model", "flooded", None]
WHOLE = {
    "unit": st.fixed_dictionaries(
        {
            "unit_number": texts,
            "status": st.sampled_from(STATUSES),
            "sqft": st.sampled_from([900, 950, 950.0, "950", 1.5, None]),
            "bedrooms": st.integers(0, 2),
            "bathrooms": st.integers(0, 2),
            "current_lease": leases,
        }
    ),
    "lease": st.fixed_dictionaries(
        {
            "unit_id": texts,
            "status": st.sampled_from(["active", "future", "ended", None]),
            "resident_name": texts,
            "occupant_count": st.integers(0, 3),
            "start_date": st.sampled_from(["2026-03-01", "2026-04-01"]),
            "end_date": st.sampled_from(["2027-03-31", None]),
        }
    ),
    "resident": st.fixed_dictionaries(
        dict.fromkeys(["unit_id", "lease_id", "name", "email", "phone"], texts)
    ),
    "property": st.fixed_dictionaries({"name": texts, "address": texts}),
}
KINDS = {"unit": Unit, "lease": LeaseRecord, "resident": Resident, "property": Property}


def said(resource_type: str, hours: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Events that say all of a record."""
    ids = st.sampled_from([PROPERTY, "p2"] if resource_type == "property" else ["x1", "x2"])
    return st.builds(
        lambda record_id, hour, data: {
            "event": "data.update",
            "timestamp": f"2026-03-25T{hour:02}:00:00Z",
            "connection_id": CONNECTION,
            "resource_type": resource_type,
            "data": data | {"id": record_id, "property_id": PROPERTY},
        },
        ids,
        hours,
        WHOLE[resource_type],
    )


def play(events: Iterable[dict[str, Any]]) -> Books:
    books = new_books()
    books.put(Property(connection_id=CONNECTION, property_id="p2", state=PropertyState.LINKED))
    for event in events:
        books.apply(event)
    return books


def records(books: Books, resource_type: str) -> dict[Any, Any]:
    """What is in force of one type, without the numbers of the events that brought it."""
    found = {}
    for (kind, key), record in books.records.items():
        if kind is KINDS[resource_type]:
            left_out = {"last_event_id", "updated_at"}
            if classify(getattr(record, "status", None)) is Occupancy.UNKNOWN:
                # A status that is not known leaves the class as it was: that has a history.
                left_out.add("occupancy")
            names = [name for name in record.__slots__ if name not in left_out]
            found[key] = {name: getattr(record, name) for name in names}
    return found


@pytest.mark.parametrize("resource_type", KINDS)
@given(data=st.data())
@settings(max_examples=40)
def test_the_newest_is_in_force_and_ties_go_by_arrival(
    resource_type: str, data: st.DataObject
) -> None:
    events = data.draw(st.lists(said(resource_type, st.integers(0, 4)), min_size=1, max_size=12))
    last: dict[str, dict[str, Any]] = {}
    for event in events:
        before = last.get(event["data"]["id"])
        if before is None or event["timestamp"] >= before["timestamp"]:
            last[event["data"]["id"]] = event
    played, expected = play(events), play(last.values())
    assert records(played, resource_type) == records(expected, resource_type)


@pytest.mark.parametrize("resource_type", KINDS)
@given(data=st.data())
@settings(max_examples=40)
def test_neither_order_nor_repetition_matters_when_all_times_differ(
    resource_type: str, data: st.DataObject
) -> None:
    events = data.draw(
        st.lists(
            said(resource_type, st.integers(0, 23)),
            min_size=1,
            max_size=8,
            unique_by=lambda event: event["timestamp"],
        )
    )
    again = data.draw(st.lists(st.sampled_from(events), max_size=8))
    shuffled = data.draw(st.permutations(events + again))
    assert records(play(shuffled), resource_type) == records(play(events), resource_type)


everything = st.one_of(
    *(said(resource_type, st.integers(0, 5)) for resource_type in KINDS),
)


@given(st.lists(everything, max_size=20))
@settings(max_examples=40)
def test_the_changes_of_a_unit_lead_from_each_state_to_the_next(
    events: list[dict[str, Any]],
) -> None:
    books = new_books()
    chain: dict[tuple[str, str], Any] = {}
    for event in events:
        before = {unit_id: books.unit(CONNECTION, unit_id) for unit_id in ("x1", "x2")}
        finish = books.apply(event)
        assert len(told(finish)) == len(finish.changes)
        assert bool(finish.notices) is any(change.affects_rubs for change in finish.changes)
        for change in finish.changes:
            assert change.old != change.new
            place = (change.unit_id, change.field)
            if "." not in change.field:
                assert before[change.unit_id] is not None
                if change.field != "lease":
                    assert change.old == getattr(before[change.unit_id], change.field)
            chain[place] = change.new
    for (unit_id, field), value in chain.items():
        if "." not in field and field != "lease":
            assert getattr(books.the_unit(unit_id), field) == value


@given(st.lists(everything, max_size=12))
@settings(max_examples=40)
def test_the_same_event_twice_does_what_it_does_once(events: list[dict[str, Any]]) -> None:
    books = new_books()
    for event in events:
        books.apply(event)
        once = records(books, event["resource_type"])
        again = books.apply(event)
        assert (again.changes, again.notices) == ((), ())
        assert records(books, event["resource_type"]) == once
