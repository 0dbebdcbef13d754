"""Deliveries and events as they are listed: the same before and after the processor saw them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from store.processing import queue
from store.processing.effects import Finish
from store.reading.deliveries import (
    deliveries_of_event,
    get_deliveries,
    list_deliveries,
    newer_ids,
    newest_id,
    note_diagnosis,
    older_ids,
    read_content,
)
from store.reading.events import get_event, get_events, list_events
from store.reading.filters import Filters
from store.records import EventState, Origin, Outcome, Reason, Verdict
from tests.stand_ins.arrivals import START, accepted, refused
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.database import Database
    from store.reader import Reader
    from store.records import Arrival, Delivery, Event, Receipt

    Deliver = Callable[..., list[Receipt]]
    End = Callable[[Callable[[queue.Claim], Finish]], int]

LOG: tuple[Arrival, ...] = (
    accepted(1),
    refused(2),
    accepted(3, event="data.new", connection_id="conn_2", property_id="prop_2"),
    accepted(1),
    accepted(4, event="test.ping", connection_id=None, property_id=None, resource_id="unit_4"),
    refused(5, verdict=Verdict.MISSING, explanation="It has no signature."),
    refused(6, verdict=Verdict.NOT_CHECKED, status=404, path="/wrong?x=1", method="GET"),
    refused(7, verdict=Verdict.VALID, status=400),
    accepted(3, event="data.new", connection_id="conn_2", property_id="prop_2"),
    accepted(1, origin=Origin.REPLAY, replay_of=1),
    accepted(8, connection_id="conn_2"),
)
FILTERS = {
    "everything": Filters(),
    "event": Filters(event="data.new"),
    "event nobody sent": Filters(event="nope"),
    "connection": Filters(connection_id="conn_2"),
    "property": Filters(property_id="prop_2"),
    "unit": Filters(unit_id="unit_4"),
    "since": Filters(since=START.replace(second=4)),
    "search": Filters(search='N": 8'),
    "search an id": Filters(search="CONN_2"),
    "several": Filters(connection_id="conn_2", event="data.update", search="pad"),
    "pending": Filters(state=EventState.PENDING),
    "processed": Filters(state=EventState.PROCESSED),
    "failed": Filters(state=EventState.FAILED),
}


def ids(rows: list[Delivery] | list[Event]) -> list[int]:
    return [row.id for row in rows]


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_admission_changes_nothing_that_is_shown(
    database: Database,
    deliver: Deliver,
    admit: Callable[[], int],
    connection: Connection,
    filters: Filters,
) -> None:
    deliver(database, *LOG)

    def shown() -> list[tuple[list[Event], list[Delivery]]]:
        return [
            (
                list_events(connection, filters, limit=limit),
                list_deliveries(connection, filters, limit=limit),
            )
            for limit in (0, 1, 2, 50)
        ]

    before = shown()
    # A part first: what is admitted and what is not are listed together.
    database.write(lambda writing: queue.admit(writing, 4)).result(5)
    assert shown() == before
    admit()
    assert shown() == before


def test_the_log_is_shown_newest_first_and_whole(
    database: Database, deliver: Deliver, connection: Connection
) -> None:
    deliver(database, *LOG)

    rows = list_deliveries(connection)

    assert ids(rows) == list(range(11, 0, -1))
    shown = {row.id: row for row in rows}
    for number, arrival in enumerate(LOG, start=1):
        row = shown[number]
        assert (row.received_at, row.origin, row.method, row.path, row.status) == (
            arrival.received_at,
            arrival.origin,
            arrival.method,
            arrival.path,
            arrival.status,
        )
        assert (row.verdict, row.size, row.replay_of) == (
            arrival.verdict,
            arrival.size,
            arrival.replay_of,
        )
        content = read_content(connection, number)
        assert content
        assert content.complete
        assert (content.body, content.body_sha256) == (arrival.body, arrival.body_sha256)
    assert [(row.event_id, row.duplicate) for row in reversed(rows)] == [
        (1, False), (None, False), (3, False), (1, True), (5, False), (None, False),
        (None, False), (None, False), (3, True), (1, True), (11, False),
    ]  # fmt: skip
    assert shown[6].explanation == "It has no signature."
    assert shown[2].state is None
    assert shown[4].state is EventState.PENDING


def test_events_count_their_deliveries_and_keep_the_facts_of_the_first(
    database: Database, deliver: Deliver, connection: Connection
) -> None:
    deliver(database, *LOG)

    events = list_events(connection)

    assert [(event.id, event.deliveries) for event in events] == [(11, 1), (5, 1), (3, 2), (1, 3)]
    third, facts = events[2], LOG[2].facts
    assert facts
    assert (third.event, third.connection_id, third.property_id, third.timestamp) == (
        facts.event,
        facts.connection_id,
        facts.property_id,
        facts.timestamp,
    )
    assert ids(deliveries_of_event(connection, 1)) == [1, 4, 10]
    assert get_events(connection, [1, 2, 5, 99]).keys() == {1, 5}
    assert get_deliveries(connection, [2, 5, 99]).keys() == {2, 5}
    assert get_event(connection, 2) is None


def test_states_are_those_of_the_events(
    database: Database, deliver: Deliver, finish: End, connection: Connection
) -> None:
    deliver(database, *LOG)
    ends = {
        1: Finish(state=EventState.PROCESSED, outcome=Outcome.CREATED),
        3: Finish(state=EventState.IGNORED, reason=Reason.UNKNOWN_CONNECTION),
        5: Finish(state=EventState.FAILED, error="No."),
        11: Finish(state=EventState.PROCESSED, outcome=Outcome.UNCHANGED),
    }
    finish(lambda claim: ends[claim.id])
    deliver(database, accepted(20), accepted(1))

    found = {
        state: (
            ids(list_events(connection, Filters(state=state))),
            ids(list_deliveries(connection, Filters(state=state))),
        )
        for state in EventState
    }

    assert found == {
        EventState.PENDING: ([12], [12]),
        EventState.PROCESSING: ([], []),
        EventState.PROCESSED: ([11, 1], [13, 11, 10, 4, 1]),
        EventState.IGNORED: ([3], [9, 3]),
        EventState.FAILED: ([5], [5]),
    }
    assert list_deliveries(connection)[0].outcome is Outcome.CREATED
    assert get_deliveries(connection, [9])[9].reason is Reason.UNKNOWN_CONNECTION


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(verdict=Verdict.VALID), [11, 10, 9, 8, 5, 4, 3, 1]),
        (Filters(verdict=Verdict.INVALID), [2]),
        (Filters(verdict=Verdict.MISSING), [6]),
        (Filters(verdict=Verdict.NOT_CHECKED), [7]),
        (Filters(unsigned=True), [6, 2]),
        (Filters(search="/WRONG"), [7]),
        (Filters(since=START.replace(second=7)), [11, 8]),
        (Filters(property_id="prop_2"), [9, 3]),
    ],
    ids=str,
)
def test_deliveries_are_narrowed_and_paged_alike(
    database: Database,
    deliver: Deliver,
    connection: Connection,
    filters: Filters,
    expected: list[int],
) -> None:
    deliver(database, *LOG)

    assert ids(list_deliveries(connection, filters)) == expected
    assert older_ids(connection, None, filters) == expected
    assert older_ids(connection, 7, filters, limit=2) == [i for i in expected if i < 7][:2]
    assert newer_ids(connection, 2, filters) == [i for i in expected[::-1] if i > 2]
    assert newest_id(connection) == 11


def test_what_is_known_later_is_shown_beside_the_delivery(
    database: Database, deliver: Deliver, connection: Connection
) -> None:
    deliver(database, refused(1, explanation="The first guess."), refused(2))
    database.note_answer(1, 1.25)
    database.write(lambda writing: note_diagnosis(writing, 1, "malformed", "It is.")).result(5)

    wait_until(lambda: list_deliveries(connection)[1].ack_ms == 1.25, "the answer's time")

    row = list_deliveries(connection)[1]
    assert (row.diagnosis, row.explanation) == ("malformed", "It is.")
    assert list_deliveries(connection)[0].ack_ms is None


def test_thousands_of_answer_times_are_written_at_once(
    database: Database, deliver: Deliver, connection: Connection
) -> None:
    # More than SQLite allows as parameters of one statement where it is built with its defaults.
    lowered = 32_766
    database.write(
        lambda writing: writing.connection.driver_connection.setlimit(9, lowered)  # type: ignore[union-attr]
    ).result(5)
    for number in range(1, 20_001):
        database.note_answer(number, 2.5)

    deliver(database, accepted(1))

    wait_until(lambda: list_deliveries(connection)[0].ack_ms == 2.5, "the answer's time")


@pytest.mark.parametrize(
    ("body", "term", "found"),
    [
        ('{"name": "José Ñandú 𝒜"}'.encode(), "José Ñandú 𝒜", True),
        (b"Content", b"CONTENT".decode(), True),
        ("É".encode(), "é", False),
        (b"100% of_it", "0% of_i", True),
        (b"100 of it", "0% of_i", False),
        (b"a/b\\c'd\"e", "/b\\c'd\"", True),
        (b"before\x00after", "AFTER", True),
        (b"before\x00after", "e\x00a", True),
        (b"\xff\xfe broken \xc3(", "BROKEN", True),
        (b"", "zz", False),
        (b"abc", "abcd", False),
    ],
)
def test_search_finds_text_in_bodies(
    database: Database, connection: Connection, body: bytes, term: str, found: bool
) -> None:
    for arrival in (refused(1, body=body), refused(2, body=b"another")):
        asyncio.run(database.append(arrival, 5))

    assert ids(list_deliveries(connection, Filters(search=term))) == ([1] if found else [])


def test_search_of_events_looks_into_the_bodies_that_brought_them(
    database: Database, deliver: Deliver, finish: End, connection: Connection
) -> None:
    deliver(database, accepted(1, padding=3), accepted(2), accepted(3, padding=3))
    finish(lambda _: Finish(state=EventState.PROCESSED))
    deliver(database, accepted(4, padding=3))

    assert ids(list_events(connection, Filters(search="XXX"))) == [4, 3, 1]
    assert ids(list_events(connection, Filters(search="xxx"), limit=2)) == [4, 3]


def test_an_event_admitted_between_two_looks_is_listed_once(
    database: Database, deliver: Deliver, reader: Reader
) -> None:
    deliver(database, *(accepted(n) for n in range(3)))
    with reader.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        looks: list[str] = []

        def admit_before_the_second(statement: str) -> None:
            looks.append(statement)
            if len(looks) == 2:
                database.write(lambda writing: queue.admit(writing, 2)).result(5)

        driver.set_trace_callback(admit_before_the_second)
        events = list_events(connection)
        driver.set_trace_callback(None)

    assert len(looks) == 2
    assert ids(events) == [3, 2, 1]


def test_the_revision_moves_with_every_commit_of_anybody(
    database: Database, deliver: Deliver, reader: Reader
) -> None:
    revisions = [reader.revision()]
    deliver(database, accepted(1))
    revisions.append(reader.revision())
    database.write(lambda writing: queue.admit(writing, 1)).result(5)
    revisions.append(reader.revision())

    assert len(set(revisions)) == 3
    assert reader.revision() == revisions[-1]


def test_a_reader_cannot_write(reader: Reader, connection: Connection) -> None:
    with pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("DELETE FROM deliveries")


def test_order_is_that_of_arrival_whatever_the_clock_says(
    database: Database, deliver: Deliver, admit: Callable[[], int], connection: Connection
) -> None:
    deliver(database, *(accepted(n) for n in (5, 1, 9, 3)))

    for _ in range(2):
        assert ids(list_events(connection)) == ids(list_deliveries(connection)) == [4, 3, 2, 1]
        admit()
