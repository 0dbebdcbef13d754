from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.records import (
    ConnectionRecord,
    EventState,
    Lease,
    NotificationKind,
    Outcome,
    Property,
    PropertyState,
    Reason,
)
from tests.unit.receiver.actions.conftest import CONNECTION, told

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

LEASE = {"id": "l1", "resident_name": "Ann", "occupant_count": 2, "start_date": "2026-04-01"}
UNIT = {"id": "u1", "unit_number": "305", "sqft": 950, "bedrooms": 2, "bathrooms": 1}
OCCUPIED = UNIT | {"status": "occupied", "current_lease": LEASE}
VACANT = UNIT | {"status": "vacant"}


def test_a_new_unit_is_imported_without_changes(books: Books) -> None:
    finish = books.tell("new", "unit", OCCUPIED)
    assert (finish.state, finish.outcome) == (EventState.PROCESSED, Outcome.CREATED)
    assert (finish.changes, finish.notices, finish.error) == ((), (), None)
    unit = books.the_unit()
    assert (unit.unit_number, unit.status, unit.sqft, unit.occupant_count) == (
        "305",
        "occupied",
        950,
        2,
    )
    assert unit.last_event_id == 1
    assert unit.lease == Lease(
        lease_id="l1", resident_name="Ann", occupant_count=2, start_date="2026-04-01"
    )


def test_m4_an_update_of_an_unknown_unit_imports_it(books: Books) -> None:
    finish = books.tell("update", "unit", OCCUPIED)
    assert (finish.outcome, finish.changes) == (Outcome.CREATED, ())


def test_an_update_of_an_unknown_unit_tells_the_changes_that_it_names(books: Books) -> None:
    changes = {
        "status": {"old": "vacant", "new": "occupied"},
        "current_lease": {"old": None, "new": "l1"},
    }
    finish = books.tell("update", "unit", OCCUPIED, changes=changes)
    assert finish.outcome is Outcome.CREATED
    assert told(finish) == {
        "status": ("vacant", "occupied"),
        "lease": (
            None,
            {
                "lease_id": "l1",
                "resident_name": "Ann",
                "occupant_count": 2,
                "start_date": "2026-04-01",
            },
        ),
        "occupant_count": (None, 2),
    }
    assert [notice.kind for notice in finish.notices] == [NotificationKind.RUBS]


@pytest.mark.parametrize("changes", [["status"], "status", {}, {"status": "occupied"}, 7, None])
def test_e15_changes_that_say_nothing_make_none(books: Books, changes: Any) -> None:
    finish = books.tell("update", "unit", OCCUPIED, changes=changes)
    assert (finish.outcome, finish.changes, finish.notices) == (Outcome.CREATED, (), ())


def test_a_known_unit_that_is_new_again_is_brought_up_to_date(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell("new", "unit", VACANT | {"sqft": 900})
    assert (finish.outcome, told(finish)) == (Outcome.UPDATED, {"sqft": (950, 900)})


def test_m2_the_same_again_changes_nothing(books: Books) -> None:
    books.tell("new", "unit", OCCUPIED)
    finish = books.tell("update", "unit", OCCUPIED, hour=13)
    assert (finish.outcome, finish.changes, finish.notices) == (Outcome.UNCHANGED, (), ())


@pytest.mark.parametrize("sqft", [950, 950.0, "950", " 950 ", "950.0"])
def test_an_equal_value_is_no_change(books: Books, sqft: Any) -> None:
    books.tell("new", "unit", UNIT | {"sqft": 950})
    finish = books.tell("update", "unit", UNIT | {"sqft": sqft}, hour=13)
    assert (finish.outcome, finish.changes, finish.error) == (Outcome.UNCHANGED, (), None)


def test_a_field_left_out_stays_and_null_empties_it(books: Books) -> None:
    books.tell("new", "unit", OCCUPIED)
    finish = books.tell("update", "unit", {"id": "u1", "sqft": None}, hour=13)
    assert told(finish) == {"sqft": (950, None)}
    assert books.the_unit().bedrooms == 2


def test_m9_nonsense_does_not_lose_the_rest(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell(
        "update", "unit", UNIT | {"status": "occupied", "sqft": "nine", "bedrooms": -1}, hour=13
    )
    assert (finish.state, told(finish)) == (
        EventState.PROCESSED,
        {"status": ("vacant", "occupied")},
    )
    assert finish.error == (
        'data.sqft is "nine", not a number; data.bedrooms is -1, not a number from 0 to 10,000,000'
    )
    assert (books.the_unit().sqft, books.the_unit().bedrooms) == (950, 2)


@pytest.mark.parametrize("status", ["flooded", "leased", "ȯccupied", "x" * 5_000, "\x1b[2J"])
def test_an_unknown_status_is_kept_and_somebody_looks(books: Books, status: str) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell("update", "unit", UNIT | {"status": status}, hour=13)
    assert told(finish) == {"status": ("vacant", status)}
    assert len(finish.notices) == 1


def test_m10_data_wins_over_changes_that_contradict_it(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    changes = {"status": {"old": "vacant", "new": "vacant"}}
    finish = books.tell("update", "unit", OCCUPIED, hour=13, changes=changes)
    assert books.the_unit().status == "occupied"
    assert finish.error == "changes.status.new contradicts data.status, which was applied"


def test_an_old_value_that_we_do_not_have_is_drift(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    changes = {"sqft": {"old": 900, "new": 1_000}, "status": {"old": "vacant", "new": "vacant"}}
    finish = books.tell("update", "unit", VACANT | {"sqft": 1_000}, hour=13, changes=changes)
    [rubs, drift] = finish.notices
    assert (rubs.kind, drift.kind) == (NotificationKind.RUBS, NotificationKind.DRIFT)
    assert drift.text == (
        "Unit 305: an event was missed: sqft was 950 here, Propexo says it was 900."
    )


@pytest.mark.parametrize("old", [950, 950.0, "950", "nine"])
def test_an_equal_old_value_and_one_without_meaning_are_no_drift(books: Books, old: Any) -> None:
    books.tell("new", "unit", VACANT)
    changes = {"sqft": {"old": old, "new": 1_000}}
    finish = books.tell("update", "unit", VACANT | {"sqft": 1_000}, hour=13, changes=changes)
    assert [notice.kind for notice in finish.notices] == [NotificationKind.RUBS]


def test_saying_a_change_again_is_no_drift(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    changes = {"sqft": {"old": 950, "new": 1_000}}
    books.tell("update", "unit", VACANT | {"sqft": 1_000}, hour=13, changes=changes)
    finish = books.tell("update", "unit", VACANT | {"sqft": 1_000}, hour=14, changes=changes)
    assert (finish.outcome, finish.notices) == (Outcome.UNCHANGED, ())


def test_m5_an_older_update_is_stale_unless_forced(books: Books) -> None:
    books.tell("new", "unit", VACANT, hour=12)
    books.tell("update", "unit", VACANT | {"sqft": 1_000}, hour=14)
    older = VACANT | {"sqft": 900}
    finish = books.tell("update", "unit", older, hour=13)
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.STALE)
    assert finish.error is not None
    assert books.the_unit().sqft == 1_000
    forced = books.tell("update", "unit", older, hour=13, force=True)
    assert told(forced) == {"sqft": (1_000, 900)}


def test_m6_equal_timestamps_are_applied_as_they_come(books: Books) -> None:
    for sqft in (900, 1_000, 800):
        books.tell("update", "unit", VACANT | {"sqft": sqft}, hour=13)
    assert books.the_unit().sqft == 800


def test_being_stale_is_a_matter_of_one_record(books: Books) -> None:
    books.tell("update", "unit", VACANT, hour=14)
    finish = books.tell("update", "unit", VACANT | {"id": "u2"}, hour=13)
    assert finish.outcome is Outcome.CREATED


def test_m7_an_unknown_connection_is_not_processed(books: Books) -> None:
    finish = books.tell("new", "unit", VACANT, connection_id="conn_other")
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.UNKNOWN_CONNECTION)
    assert books.unit("conn_other", "u1") is None


def test_a_connection_that_was_only_seen_is_not_registered(books: Books) -> None:
    books.put(ConnectionRecord(connection_id="conn_seen", registered=False))
    finish = books.tell("new", "unit", VACANT, connection_id="conn_seen")
    assert finish.reason is Reason.UNKNOWN_CONNECTION


def test_m7_a_property_that_is_not_linked_is_remembered_as_seen(books: Books) -> None:
    finish = books.tell("new", "unit", VACANT | {"property_id": "prop_9"})
    assert (finish.state, finish.reason) == (EventState.IGNORED, Reason.UNLINKED_PROPERTY)
    seen = books.property(CONNECTION, "prop_9")
    assert seen is not None
    assert seen.state is PropertyState.UNLINKED
    assert books.unit(CONNECTION, "u1") is None


@pytest.mark.parametrize("state", [PropertyState.REVIEW, PropertyState.UNLINKED])
def test_m7_only_a_linked_property_is_processed(books: Books, state: PropertyState) -> None:
    books.put(Property(connection_id=CONNECTION, property_id="prop_001", state=state))
    assert books.tell("new", "unit", VACANT).reason is Reason.UNLINKED_PROPERTY


def test_a_unit_without_any_property_is_not_processed(books: Books) -> None:
    finish = books.tell("new", "unit", VACANT | {"property_id": None})
    assert finish.reason is Reason.UNLINKED_PROPERTY


def test_a_unit_that_does_not_name_its_property_keeps_it(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell("update", "unit", VACANT | {"property_id": None, "sqft": 1}, hour=13)
    assert list(told(finish)) == ["sqft"]
    assert books.the_unit().property_id == "prop_001"


def test_a_unit_may_move_to_another_linked_property(books: Books) -> None:
    books.put(Property(connection_id=CONNECTION, property_id="prop_2", state=PropertyState.LINKED))
    books.tell("new", "unit", VACANT)
    finish = books.tell("update", "unit", VACANT | {"property_id": "prop_2"}, hour=13)
    assert told(finish) == {"property_id": ("prop_001", "prop_2")}
    assert finish.notices[0].text == "Unit 305: property prop_001 → prop_2"


def test_a_unit_that_moves_to_a_property_not_linked_stays(books: Books) -> None:
    books.tell("new", "unit", VACANT)
    finish = books.tell("update", "unit", VACANT | {"property_id": "prop_9"}, hour=13)
    assert finish.reason is Reason.UNLINKED_PROPERTY
    assert books.the_unit().property_id == "prop_001"


def test_one_id_under_two_connections_is_two_units(books: Books) -> None:
    books.put(
        ConnectionRecord(connection_id="c2", registered=True),
        Property(connection_id="c2", property_id="prop_001", state=PropertyState.LINKED),
    )
    books.tell("new", "unit", VACANT)
    books.tell("new", "unit", VACANT | {"sqft": 1}, connection_id="c2")
    assert books.the_unit().sqft == 950
