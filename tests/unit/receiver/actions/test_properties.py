from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.records import (
    EventState,
    NotificationKind,
    Outcome,
    Property,
    PropertyState,
    Reason,
)
from tests.unit.receiver.actions.conftest import CONNECTION

if TYPE_CHECKING:
    from tests.unit.receiver.actions.conftest import Books

NEW = {"id": "prop_9", "name": "Elm Court", "address": {"street": "1 Elm St", "city": "Bend"}}


def of(books: Books, property_id: str = "prop_9") -> Property:
    found = books.property(CONNECTION, property_id)
    assert found is not None
    return found


def test_a_new_property_is_flagged_for_review(books: Books) -> None:
    finish = books.tell("new", "property", NEW)
    assert (finish.state, finish.outcome) == (EventState.PROCESSED, Outcome.FLAGGED_FOR_REVIEW)
    [notice] = finish.notices
    assert notice.kind is NotificationKind.PROPERTY_REVIEW
    assert notice.text == "New property Elm Court: link it to import its units."
    assert (notice.property_id, notice.unit_id) == ("prop_9", None)
    flagged = of(books)
    assert (flagged.state, flagged.name) == (PropertyState.REVIEW, "Elm Court")
    assert flagged.address == "1 Elm St, Bend"


def test_a_property_without_a_name_is_called_by_its_id(books: Books) -> None:
    assert "prop_9" in books.tell("new", "property", {"id": "prop_9"}).notices[0].text


def test_a_property_that_was_only_seen_is_new(books: Books) -> None:
    books.tell("new", "unit", {"id": "u1", "property_id": "prop_9"})
    assert of(books).state is PropertyState.UNLINKED
    assert books.tell("new", "property", NEW).outcome is Outcome.FLAGGED_FOR_REVIEW


def test_it_is_flagged_once(books: Books) -> None:
    books.tell("new", "property", NEW)
    finish = books.tell("new", "property", NEW | {"name": "Elm"}, hour=13)
    assert (finish.outcome, finish.notices) == (Outcome.UPDATED, ())
    assert (of(books).state, of(books).name) == (PropertyState.REVIEW, "Elm")


def test_a_linked_property_stays_linked(books: Books) -> None:
    finish = books.tell("new", "property", {"id": "prop_001", "name": "Oak"})
    assert (finish.outcome, finish.notices) == (Outcome.UPDATED, ())
    assert of(books, "prop_001").state is PropertyState.LINKED


def test_an_update_of_a_linked_property_is_applied_and_no_reason_to_notify(books: Books) -> None:
    data = {"id": "prop_001", "name": "Oak", "address": "1 Oak St"}
    finish = books.tell("update", "property", data)
    assert (finish.outcome, finish.notices) == (Outcome.UPDATED, ())
    assert books.tell("update", "property", data, hour=13).outcome is Outcome.UNCHANGED
    assert (of(books, "prop_001").name, of(books, "prop_001").address) == ("Oak", "1 Oak St")


def test_an_update_of_a_property_in_review_is_applied(books: Books) -> None:
    books.tell("new", "property", NEW)
    finish = books.tell("update", "property", {"id": "prop_9", "name": "Elm"}, hour=13)
    assert (finish.outcome, of(books).name) == (Outcome.UPDATED, "Elm")


def test_m7_an_update_of_an_unknown_property_is_not_processed(books: Books) -> None:
    finish = books.tell("update", "property", NEW)
    assert finish.reason is Reason.UNLINKED_PROPERTY
    assert (of(books).state, of(books).name) == (PropertyState.UNLINKED, None)


@pytest.mark.parametrize("event", ["new", "update"])
def test_what_a_person_has_unlinked_stays_unlinked(books: Books, event: str) -> None:
    books.tell("new", "property", NEW)
    unlinked = of(books)
    books.put(
        Property(
            connection_id=CONNECTION,
            property_id="prop_9",
            name=unlinked.name,
            applied_at=unlinked.applied_at,
            state=PropertyState.UNLINKED,
        )
    )
    finish = books.tell(event, "property", NEW | {"name": "Elm"}, hour=13)
    assert of(books).state is PropertyState.UNLINKED
    assert finish.notices == ()


def test_m5_an_older_property_is_stale_unless_forced(books: Books) -> None:
    books.tell("update", "property", {"id": "prop_001", "name": "Oak"}, hour=14)
    older = {"id": "prop_001", "name": "Oak Court"}
    assert books.tell("update", "property", older, hour=13).reason is Reason.STALE
    assert of(books, "prop_001").name == "Oak"
    assert books.tell("update", "property", older, hour=13, force=True).outcome is Outcome.UPDATED


def test_what_makes_no_sense_is_said(books: Books) -> None:
    finish = books.tell("new", "property", {"id": "prop_9", "name": ["Elm"], "address": "1 Elm"})
    assert finish.error == "data.name is ['Elm'], not a text"
    assert of(books).address == "1 Elm"
