"""What a listing costs must not depend on how much there is in the store."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.notifications import list_notifications, notifications_of_event
from store.processing import finishing, queue
from store.processing.effects import FieldChange, Finish, Notice
from store.reader import Reader
from store.reading.activity import arrivals_after, recent_answer_times
from store.reading.deliveries import (
    deliveries_of_event,
    gaps_around,
    get_deliveries,
    list_deliveries,
    newer_ids,
    newest_id,
    older_ids,
    read_content,
    span,
)
from store.reading.events import events_finished_after, get_events, last_finish, list_events
from store.reading.filters import Filters
from store.reading.search import index_batch
from store.reading.units import (
    change_span,
    changes_of_event,
    list_changes,
    newer_change_ids,
    older_change_ids,
)
from store.records import ChangeSource, EventState, NotificationKind, Verdict
from tests.stand_ins.arrivals import START, accepted, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    Query = Callable[[Connection], object]

_SMALL, _LARGE = 400, 4_000
LATER = START + timedelta(days=9)
_NOTICE = Notice(kind=NotificationKind.RUBS, text="Look.")


def _end(claim: queue.Claim) -> Finish:
    change = FieldChange(
        connection_id="c",
        property_id="p",
        unit_id="u",
        unit_number="1",
        field="sqft",
        old=1,
        new=2,
        affects_rubs=True,
        source=ChangeSource.EVENT,
    )
    state = EventState.FAILED if claim.id % 100 == 1 else EventState.PROCESSED
    return Finish(state=state, changes=(change,), notices=(_NOTICE,))


def _fill(path: Path, count: int) -> None:
    """Mostly processed events, some failures, repetitions and refusals, a few still open."""

    async def deliver(database: Database, first: int, last: int) -> None:
        arrivals = [refused(n) if n % 20 == 0 else accepted(n) for n in range(first, last)]
        arrivals += [accepted(n) for n in range(first, last, 50) if n % 20]
        await asyncio.gather(*(database.append(arrival, 30) for arrival in arrivals))

    def process(connection: Connection) -> None:
        queue.admit(connection, 100_000)
        claimed = queue.claim(connection, 100_000)
        finishing.finish(connection, [(claim, _end(claim)) for claim in claimed], START)

    database = Database(path)
    asyncio.run(deliver(database, 0, count))
    database.write(process).result(30)
    asyncio.run(deliver(database, count, count + 10))
    database.write(lambda connection: queue.admit(connection, 5)).result(30)
    while database.write(index_batch).result(30):
        pass
    database.close()


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Reader]]:
    """The same log, once ten times as long."""
    folder = tmp_path_factory.mktemp("plans")
    readers = []
    for count in (_SMALL, _LARGE):
        _fill(folder / f"{count}.db", count)
        readers.append(Reader(folder / f"{count}.db"))
    yield readers[0], readers[1]
    for reader in readers:
        reader.close()


#: Everything that the screen asks for again and again, and everything that the processor does.
BOUNDED: dict[str, Query] = {
    "deliveries": list_deliveries,
    "deliveries refused": lambda c: list_deliveries(c, Filters(verdict=Verdict.INVALID), limit=9),
    "deliveries unsigned": lambda c: list_deliveries(c, Filters(unsigned=True), limit=9),
    "deliveries of no connection": lambda c: list_deliveries(c, Filters(connection_id="nobody")),
    "deliveries of no property": lambda c: list_deliveries(c, Filters(property_id="nothing")),
    "deliveries of no type": lambda c: list_deliveries(c, Filters(event="never")),
    "deliveries of no unit": lambda c: list_deliveries(c, Filters(unit_id="nobody")),
    "ids of no connection": lambda c: older_ids(c, None, Filters(connection_id="nobody")),
    "newer ids of no unit": lambda c: newer_ids(c, 9, Filters(unit_id="nobody")),
    "deliveries by id": lambda c: get_deliveries(c, range(10, 60)),
    "ids older": lambda c: older_ids(c, None, limit=200),
    "ids older than one": lambda c: older_ids(c, 300, limit=200),
    "ids newer": lambda c: newer_ids(c, newest_id(c) - 200),
    "ids refused": lambda c: older_ids(c, None, Filters(unsigned=True), limit=5),
    "ids refused newer": lambda c: newer_ids(c, newest_id(c) - 200, Filters(unsigned=True)),
    "newest": newest_id,
    "content": lambda c: read_content(c, 7),
    "events": list_events,
    "events pending": lambda c: list_events(c, Filters(state=EventState.PENDING)),
    "events failed": lambda c: list_events(c, Filters(state=EventState.FAILED), limit=3),
    "events ignored": lambda c: list_events(c, Filters(state=EventState.IGNORED)),
    "events of no connection": lambda c: list_events(c, Filters(connection_id="nobody")),
    "events of no property": lambda c: list_events(c, Filters(property_id="nothing")),
    "events of no type": lambda c: list_events(c, Filters(event="never")),
    "events of no unit": lambda c: list_events(c, Filters(unit_id="nobody")),
    "events by id": lambda c: get_events(c, range(10, 60)),
    "events finished": lambda c: events_finished_after(c, last_finish(c) - 20),
    "last finish": last_finish,
    "changes": list_changes,
    "changes of an event": lambda c: changes_of_event(c, 7),
    "change ids older": lambda c: older_change_ids(c, None, limit=200),
    "change ids newer": lambda c: newer_change_ids(c, 100, limit=200),
    "notifications": list_notifications,
    "notifications, those dismissed too": lambda c: list_notifications(c, dismissed=True),
    "notifications of an event": lambda c: notifications_of_event(c, 7),
    "claim": lambda c: queue.claim(c, 3),
    "span": span,
    "gaps": lambda c: gaps_around(c, [7, 100_000]),
    "span of the changes": change_span,
    "answer times": lambda c: recent_answer_times(c, 100),
}
#: A scan in the order of the key ends at the limit; connections are few. Nothing else may be read
#: from end to end.
_PAGED = "deliveries|events|changes|notifications|connections|acknowledgements"
_HARMLESS = re.compile(rf"SCAN ({_PAGED}|[ed]|CONSTANT ROW)( USING (COVERING )?INDEX \w+)?")


def _statements(reader: Reader, query: Query) -> list[str]:
    found: list[str] = []
    with reader.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        driver.set_trace_callback(found.append)
        query(connection)
        driver.set_trace_callback(None)
    return found


def _cost(reader: Reader, query: Query) -> int:
    """In instructions of SQLite's virtual machine, to the next ten."""
    ticks = 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    with reader.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        driver.set_progress_handler(tick, 10)
        query(connection)
        driver.set_progress_handler(None, 0)
    return 10 * ticks


@pytest.mark.parametrize("query", BOUNDED.values(), ids=BOUNDED)
def test_ten_times_the_log_costs_the_same(stores: tuple[Reader, Reader], query: Query) -> None:
    small, large = (_cost(reader, query) for reader in stores)

    assert large <= small * 1.2 + 100


@pytest.mark.parametrize("query", BOUNDED.values(), ids=BOUNDED)
def test_the_plan_neither_sorts_nor_skips_nor_scans(
    stores: tuple[Reader, Reader], query: Query
) -> None:
    statements = _statements(stores[1], query)
    assert statements
    for statement in statements:
        assert "OFFSET" not in statement or re.search(r"OFFSET 0\b", statement)
        with stores[1].connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        for *_, step in plan:
            assert "TEMP B-TREE" not in step, (statement, plan)
            assert "SCAN" not in step or _HARMLESS.fullmatch(step), (statement, plan)


@pytest.mark.parametrize(
    "query",
    [
        lambda c: list_events(c, Filters(search="unit_101")),
        lambda c: list_deliveries(c, Filters(search="unit_101")),
        lambda c: list_events(c, Filters(connection_id="conn_abc123")),
        lambda c: list_deliveries(c, Filters(state=EventState.PROCESSED)),
        lambda c: list_deliveries(c, Filters(connection_id="conn_abc123")),
        lambda c: list_deliveries(c, Filters(state=EventState.FAILED), limit=3),
        lambda c: list_deliveries(c, Filters(state=EventState.IGNORED)),
        lambda c: list_events(c, Filters(search="in no body")),
    ],
    ids=[
        "events found",
        "deliveries found",
        "events of a connection",
        "deliveries processed",
        "deliveries of a connection",
        "deliveries failed",
        "deliveries ignored",
        "events not found",
    ],
)
def test_a_search_that_finds_enough_stops(stores: tuple[Reader, Reader], query: Query) -> None:
    small, large = (_cost(reader, query) for reader in stores)

    assert large <= small * 1.2 + 100


def test_the_first_look_at_a_long_log_is_as_short(stores: tuple[Reader, Reader]) -> None:
    small, large = (_cost(each, lambda c: arrivals_after(c, 0, LATER)) for each in stores)

    assert large <= small * 1.2 + 100


def test_the_deliveries_of_an_event_cost_what_they_are(stores: tuple[Reader, Reader]) -> None:
    # They are few and found by two indexes, so they may be sorted.
    small, large = (_cost(reader, lambda c: deliveries_of_event(c, 2)) for reader in stores)

    assert large <= small * 1.2 + 100


def test_processing_a_batch_costs_the_same_however_much_was_processed(tmp_path: Path) -> None:
    costs = []
    for count in (_SMALL, _LARGE):
        _fill(tmp_path / f"{count}.db", count)
        database = Database(tmp_path / f"{count}.db")
        costs.append(database.write(_cost_of_a_batch).result(30))
        database.close()

    assert costs[1] <= costs[0] * 1.2 + 100


def _cost_of_a_batch(connection: Connection) -> int:
    driver = connection.connection.driver_connection
    assert driver
    ticks: list[None] = []
    driver.set_progress_handler(lambda: ticks.append(None), 10)
    queue.admit(connection, 5)
    claimed = queue.claim(connection, 5)
    assert claimed
    finishing.finish(connection, [(claim, _end(claim)) for claim in claimed], START)
    driver.set_progress_handler(None, 0)
    return 10 * len(ticks)
