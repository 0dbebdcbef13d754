from __future__ import annotations

from typing import TYPE_CHECKING

from store.records import Outcome, Reason
from tests.unit.receiver.actions.conftest import CONNECTION

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

RESIDENT = {"id": "r1", "unit_id": "u1", "name": "Ann", "email": "ann@example.com"}


def test_a_resident_is_imported(books: Books) -> None:
    finish = books.tell("new", "resident", RESIDENT)
    assert (finish.outcome, finish.changes, finish.notices) == (Outcome.CREATED, (), ())
    kept = books.resident(CONNECTION, "r1")
    assert kept is not None
    assert (kept.name, kept.email, kept.unit_id) == ("Ann", "ann@example.com", "u1")


def test_m4_an_update_imports_too_and_a_second_one_changes(books: Books) -> None:
    assert books.tell("update", "resident", RESIDENT).outcome is Outcome.CREATED
    renamed = {"id": "r1", "name": "Ann Smith"}
    finish = books.tell("update", "resident", renamed, hour=13)
    assert (finish.outcome, finish.notices) == (Outcome.UPDATED, ())
    assert books.tell("update", "resident", renamed, hour=14).outcome is Outcome.UNCHANGED
    kept = books.resident(CONNECTION, "r1")
    assert kept is not None
    assert (kept.name, kept.email) == ("Ann Smith", "ann@example.com")


def test_what_makes_no_sense_is_said(books: Books) -> None:
    finish = books.tell("new", "resident", RESIDENT | {"email": 7})
    assert finish.outcome is Outcome.CREATED
    assert finish.error == "data.email is 7, not a text"


def test_m5_an_older_resident_is_stale_unless_forced(books: Books) -> None:
    books.tell("update", "resident", RESIDENT, hour=14)
    older = RESIDENT | {"name": "An"}
    assert books.tell("update", "resident", older, hour=13).reason is Reason.STALE
    assert books.tell("update", "resident", older, hour=13, force=True).outcome is Outcome.UPDATED


def test_a_resident_may_leave_the_property_to_the_lease_or_the_unit(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1"})
    books.tell("new", "lease", {"id": "l1", "unit_id": "u1"})
    by_unit = {"id": "r1", "unit_id": "u1", "property_id": None}
    by_lease = {"id": "r2", "lease_id": "l1", "property_id": None}
    assert books.tell("new", "resident", by_unit).outcome is Outcome.CREATED
    assert books.tell("new", "resident", by_lease).outcome is Outcome.CREATED
    kept = books.resident(CONNECTION, "r2")
    assert kept is not None
    assert kept.property_id == "prop_001"


def test_m7_a_resident_of_nothing_that_is_known_is_not_processed(books: Books) -> None:
    finish = books.tell("new", "resident", RESIDENT | {"property_id": None})
    assert finish.reason is Reason.UNLINKED_PROPERTY
    assert books.resident(CONNECTION, "r1") is None
