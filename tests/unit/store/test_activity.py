"""The numbers and choices that the dashboard asks for, held against what is in the store."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from store.database import Database
from store.errors import StoreInterruptedError
from store.reader import Reader
from store.reading.activity import Arrivals, arrivals_after, recent_answer_times
from store.reading.choices import Choices, read_choices
from store.reading.deliveries import MOST_REPEATS, count_repeats, settled_until
from store.reading.events import finished_ids_after, last_finish
from store.reading.totals import read_totals
from store.structure.tables import to_micros
from tests.stand_ins.arrivals import START, accepted, refused
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINUTE = to_micros(START) // 60_000_000
LONG_AGO = START - timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "store.db")
    yield opened
    opened.close()


def append(database: Database, *arrivals: Any) -> list[int]:
    async def all_of_them() -> list[int]:
        return [(await database.append(each, 4)).delivery_id for each in arrivals]

    return asyncio.run(all_of_them())


def read(database: Database, query: Any, *arguments: Any) -> Any:
    reader = Reader(database.path)
    try:
        with reader.connect() as connection:
            return query(connection, *arguments)
    finally:
        reader.close()


def test_arrivals_are_counted_once_by_their_minute(database: Database) -> None:
    assert read(database, arrivals_after, 0, LONG_AGO) == (0, [])
    append(database, accepted(1), accepted(2), refused(3), accepted(61), refused(62))
    looked, found = read(database, arrivals_after, 0, LONG_AGO)
    assert looked == 5
    assert found == [Arrivals(MINUTE, 2, 1), Arrivals(MINUTE + 1, 1, 1)]
    append(database, accepted(63))
    assert read(database, arrivals_after, looked, LONG_AGO) == (6, [Arrivals(MINUTE + 1, 1, 0)])
    assert read(database, arrivals_after, 6, LONG_AGO) == (6, [])


def test_a_row_of_a_flood_counts_as_all_that_it_stands_for(database: Database) -> None:
    append(database, accepted(1), refused(2), refused(3, requests=1_179), refused(61, requests=2))
    looked, found = read(database, arrivals_after, 0, LONG_AGO)
    assert (looked, found) == (4, [Arrivals(MINUTE, 1, 1_180), Arrivals(MINUTE + 1, 0, 2)])
    totals = read(database, read_totals, LONG_AGO)
    assert (totals.deliveries, totals.refused, totals.refused_requests) == (4, 3, 1_182)
    assert (totals.pending, totals.recent) == (1, 4)


def test_of_very_many_the_newest_are_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(database, *(accepted(number) for number in range(10)))
    monkeypatch.setattr("store.reading.activity._MOST_NEW", 4)
    assert read(database, arrivals_after, 0, LONG_AGO) == (10, [Arrivals(MINUTE, 4, 0)])


def test_answer_times_are_those_of_the_newest(database: Database) -> None:
    for delivery_id in append(database, accepted(1), accepted(2), accepted(3)):
        database.note_answer(delivery_id, float(delivery_id))
    wait_until(lambda: read(database, recent_answer_times) == [3.0, 2.0, 1.0], "the times")
    assert read(database, recent_answer_times, 2) == [3.0, 2.0]


def test_repetitions_are_counted_up_to_each_and_in_all_for_the_first(database: Database) -> None:
    ids = append(database, accepted(1), accepted(2), accepted(1), refused(3), accepted(1))
    assert read(database, count_repeats, ids) == {1: 2, 2: 0, 3: 1, 5: 2}
    assert read(database, count_repeats, [3]) == {3: 1}
    assert read(database, count_repeats, []) == {}


def test_a_flood_of_repetitions_is_not_counted_to_its_end(database: Database) -> None:
    ids = append(database, *(accepted(1) for _ in range(MOST_REPEATS + 5)))
    found = read(database, count_repeats, ids)
    assert (found[1], found[MOST_REPEATS], found[ids[-1]]) == (
        MOST_REPEATS,
        MOST_REPEATS - 1,
        MOST_REPEATS,
    )


def test_states_are_final_up_to_the_first_event_that_waits(database: Database) -> None:
    append(database, accepted(1), refused(2), accepted(3))
    assert read(database, settled_until) == 0
    work = "INSERT OR REPLACE INTO progress (name, value) VALUES ('admitted', 3)"
    database.write(lambda connection: connection.exec_driver_sql(work)).result(5)
    assert read(database, settled_until) == 3


def test_events_that_end_are_named_once(database: Database) -> None:
    assert read(database, last_finish) == 0
    assert read(database, finished_ids_after, 0) == (0, [])


def test_choices_are_what_is_in_the_store(database: Database) -> None:
    found = read(database, read_choices)
    assert isinstance(found, Choices)
    assert (found.connections, found.events, found.units) == (("conn_abc123",), (), ())


def test_a_query_is_given_up_from_another_thread(database: Database) -> None:
    append(database, accepted(1))
    reader = Reader(database.path)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ended = threading.Event()

    def interrupt() -> None:
        # Until it has ended, in case that it had not begun.
        while not ended.wait(0.02):
            reader.interrupt()

    def count_for_ever() -> None:
        with reader.connect() as connection:
            connection.exec_driver_sql(endless)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(StoreInterruptedError):
            count_for_ever()
    finally:
        ended.set()
        thread.join()
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 1
    reader.close()
