"""The index by which an event is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stand_ins.arrivals import look

if TYPE_CHECKING:
    from store.database import Database


def test_no_event_is_there_twice_and_new_ones_lie_beside_each_other(database: Database) -> None:
    # In the order of the digests alone, each new event would change another page.
    columns = look(database.path, "SELECT name FROM pragma_index_info('events_identity')")
    assert columns == ["timestamp", "identity"]
    indexes = look(database.path, "SELECT name, \"unique\" FROM pragma_index_list('events')")
    assert ("events_identity", 1) in indexes
