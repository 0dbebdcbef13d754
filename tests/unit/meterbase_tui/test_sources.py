"""Which ids and rows a narrowed log gives, look after look."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.queries.sources import DeliverySource
from receiver.background.processor import Processor
from receiver.judging.signing import sign
from store.database import Database
from store.reader import Reader
from store.reading.filters import Filters
from tests.stand_ins.still_receiver import SECRET, make_arrival, unit
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def reader(database: Database) -> Iterator[Reader]:
    opened = Reader(database.path)
    yield opened
    opened.close()


def append(database: Database, minute: int, **data: Any) -> int:
    body = unit("data.update", minute, **data)
    receipt = asyncio.run(database.append(make_arrival(body, sign(SECRET, body), minute), 30))
    return receipt.delivery_id


def process(database: Database, reader: Reader) -> None:
    processor = Processor(database)

    def is_done() -> bool:
        return not DeliverySource(reader, Filters(state="pending")).newer_than(None, 10)

    wait_until(is_done, "nothing is pending")
    processor.close()


def test_what_did_not_reach_the_table_is_found_again(database: Database, reader: Reader) -> None:
    source = DeliverySource(reader, Filters(unit_id="unit_1"))
    append(database, 1, id="unit_1")
    assert source.newer_than(None, 10) == [1]
    append(database, 2, id="unit_2")
    append(database, 3, id="unit_1")
    assert source.newer_than(1, 10) == [3]
    assert source.newer_than(1, 10) == [3]
    assert source.newer_than(3, 10) == []


def test_what_was_looked_through_is_not_looked_through_again(
    database: Database, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def newer_ids(_connection: Any, after: int, *_: Any, **__: Any) -> list[int]:
        asked.append(after)
        return []

    monkeypatch.setattr("store.reading.deliveries.newer_ids", newer_ids)
    source = DeliverySource(reader, Filters(unit_id="unit_1"))
    append(database, 1, id="unit_2")
    assert source.newer_than(None, 10) == []
    append(database, 2, id="unit_2")
    for _ in range(2):
        assert source.newer_than(None, 10) == []
    assert asked == [1, 2]


def test_an_event_that_waits_comes_to_match_a_state(database: Database, reader: Reader) -> None:
    source = DeliverySource(reader, Filters(state="processed"))
    append(database, 1, id="unit_1")
    assert source.newer_than(None, 10) == []
    assert source.newer_than(None, 10) == []
    process(database, reader)
    assert source.newer_than(None, 10) == [1]


def test_a_row_whose_state_no_longer_matches_is_left_out(
    database: Database, reader: Reader
) -> None:
    append(database, 1, id="unit_1")
    source = DeliverySource(reader, Filters(state="pending"))
    assert list(source.rows([1])) == [1]
    process(database, reader)
    assert list(source.rows([1])) == []
    assert list(DeliverySource(reader).rows([1])) == [1]


def test_without_a_filter_no_row_is_read_to_know_which_there_are(
    database: Database, reader: Reader
) -> None:
    source = DeliverySource(reader)
    assert list(source.newer_than(None, 10)) == []
    assert list(source.older_than(5, 10)) == []
    for minute in range(12):
        append(database, minute, id=f"unit_{minute}")
    assert source.newer_than(None, 5) == range(8, 13)
    assert source.older_than(8, 1) == range(1, 8)
    assert source.newer_than(8, 3) == range(9, 12)
    assert source.newer_than(12, 3) == range(13, 13)


def test_what_was_deleted_is_found_out_with_all_around_it(
    database: Database, reader: Reader
) -> None:
    for minute in range(12):
        append(database, minute, id=f"unit_{minute}")
    delete = "DELETE FROM deliveries WHERE id IN (1, 2, 4, 6, 7, 8, 12)"
    database.write(lambda connection: connection.exec_driver_sql(delete).close()).result(30)
    source = DeliverySource(reader)
    assert source.older_than(99, 1) == range(3, 12)
    assert source.rows([7, 9]).keys() == {9}
    assert source.find_gaps([7]) == [range(6, 9)]
    assert source.find_gaps([8, 4, 6]) == [range(4, 5), range(6, 9)]
    assert source.find_gaps([2, 3, 12]) == [range(1, 3), range(12, 13)]
    assert DeliverySource(reader, Filters(state="processed")).find_gaps([7]) == ()
