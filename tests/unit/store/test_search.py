"""Filters and search give what looking at every row would give, however much is indexed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from store.database import Database
from store.processing import finishing, queue
from store.processing.effects import Finish
from store.processing.ledger import Ledger
from store.reader import Reader
from store.reading import search
from store.reading.deliveries import list_deliveries, newer_ids, older_ids, read_content
from store.reading.events import list_events
from store.reading.filters import Filters
from store.reading.search import forget_indexed, index_batch, read_search_progress
from store.records import EventState, LeaseRecord, Resident, Verdict
from tests.stand_ins.arrivals import START, accepted, look, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from store.records import Delivery, Receipt

_CONNECTIONS, _UNITS = ("conn_a", "conn_b"), ("unit_1", "unit_2", "lease_1", "Ä%_\\'\"")


def index(database: Database, batches: int = 1_000) -> None:
    for _ in range(batches):
        if not database.write(index_batch).result(30):
            return


def _facts(number: int) -> dict[str, Any]:
    return {
        "event": "data.new" if number % 5 == 0 else "data.update",
        "connection_id": _CONNECTIONS[number % 2],
        "property_id": f"prop_{number % 3}",
        "resource_id": _UNITS[number % 4],
    }


def _deliver(database: Database, first: int, last: int) -> None:
    for number in range(first, last):
        arrivals = [accepted(number, **_facts(number))]
        if number % 7 == 0:
            arrivals.append(accepted(number - number % 2, **_facts(number - number % 2)))
        if number % 6 == 0:
            arrivals.append(refused(number, body=b"\x00unit_2 \xff data.new"))
            arrivals.append(refused(number, verdict=Verdict.VALID, status=400, body=b"{unit_1"))
        for arrival in arrivals:
            asyncio.run(database.append(arrival, 5))


def _process(connection: Connection) -> None:
    queue.admit(connection, 60)
    states = [EventState.PROCESSED, EventState.FAILED, EventState.PROCESSED, EventState.IGNORED]
    claims = queue.claim(connection, 30)
    finished = [(claim, Finish(state=states[claim.id % 4])) for claim in claims]
    finishing.finish(connection, finished, START)
    ledger = Ledger(connection)
    ledger.put(LeaseRecord(connection_id="conn_a", lease_id="unit_2", unit_id="unit_1"))
    ledger.put(LeaseRecord(connection_id="conn_b", lease_id="lease_1", unit_id="unit_1"))
    ledger.put(Resident(connection_id="conn_b", resident_id="unit_2", unit_id="unit_1"))
    ledger.flush()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Everything at once: indexed, admitted and fresh rows, repetitions, refusals, each state."""
    database = Database(tmp_path_factory.mktemp("search") / "store.db", with_sample=False)
    _deliver(database, 0, 40)
    database.write(_process).result(30)
    index(database, 1)
    _deliver(database, 40, 80)
    reader = Reader(database.path)
    with reader.connect() as connection:
        progress = read_search_progress(connection)
        assert 0 < progress.indexed < progress.newest
    yield reader
    reader.close()
    database.close()


def matches(connection: Connection, delivery: Delivery, filters: Filters) -> bool:
    """What a filter means, said once more and without any index."""
    wanted = {
        "event": delivery.event,
        "state": delivery.state,
        "verdict": delivery.verdict,
        "connection_id": delivery.connection_id,
        "property_id": delivery.property_id,
    }
    if any(getattr(filters, name) not in (None, has) for name, has in wanted.items()):
        return False
    if filters.unsigned and delivery.verdict not in (Verdict.INVALID, Verdict.MISSING):
        return False
    if filters.since is not None and delivery.received_at < filters.since:
        return False
    # Every resource of this store is delivered as a unit.
    if filters.unit_id not in (None, delivery.resource_id):
        return False
    if not filters.search:
        return True
    content = read_content(connection, delivery.id)
    assert content
    texts = (
        content.body.decode("utf-8", "replace"),
        delivery.path,
        delivery.connection_id,
        delivery.resource_id,
    )
    # Bytes know no other case than that of ASCII, and neither does a filter.
    term = filters.search.encode().lower()
    return any(term in text.encode().lower() for text in texts if text)


_FILTERS = st.builds(
    Filters,
    event=st.none() | st.sampled_from(["data.new", "data.update", "sync.complete"]),
    state=st.none() | st.sampled_from(list(EventState)),
    verdict=st.none() | st.sampled_from([Verdict.VALID, Verdict.INVALID, Verdict.MISSING]),
    connection_id=st.none() | st.sampled_from([*_CONNECTIONS, "conn_x"]),
    property_id=st.none() | st.sampled_from(["prop_0", "prop_2"]),
    unit_id=st.none() | st.sampled_from([*_UNITS, "unit_x"]),
    unsigned=st.booleans(),
    since=st.none() | st.just(START.replace(minute=31)),
    search=st.none()
    | st.sampled_from(
        ["unit_", "UNIT_2", "data.new", '"n": 3', "n", "ä%", "Ä%_", "\\'\"", "_", "zz"]
    )
    | st.text(alphabet='unit_12da.new":% 3', min_size=1, max_size=6),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    filters=_FILTERS,
    limit=st.integers(0, 12),
    at=st.integers(1, 120),
    frequent=st.sampled_from((0.05, 1.0)),
)
@example(filters=Filters(state=EventState.FAILED), limit=3, at=60, frequent=0.05)
@example(filters=Filters(search="unit_1"), limit=50, at=60, frequent=0.05)
# The end of what is indexed, where no run of three characters begins.
@example(filters=Filters(search="_a"), limit=50, at=60, frequent=1.0)
@example(filters=Filters(search="b"), limit=50, at=60, frequent=1.0)
@example(filters=Filters(search="_b", state=EventState.FAILED), limit=50, at=60, frequent=1.0)
def test_an_index_finds_what_looking_at_every_row_finds(
    store: Reader, filters: Filters, limit: int, at: int, frequent: float
) -> None:
    with pytest.MonkeyPatch.context() as patch, store.connect() as connection:
        # With 1.0 every short term is looked up, however many have it.
        patch.setattr(search, "_FREQUENT", frequent)
        every = list_deliveries(connection, limit=0)
        wanted = [each.id for each in every if matches(connection, each, filters)]

        listed = [each.id for each in list_deliveries(connection, filters, limit=limit)]
        assert listed == wanted[: limit or None]
        older = [each for each in wanted if each < at]
        assert older_ids(connection, at, filters, limit=limit or 1) == older[: limit or 1]
        newer = [each for each in reversed(wanted) if each > at]
        assert newer_ids(connection, at, filters, limit=limit or 1) == newer[: limit or 1]
        if not filters.verdict and not filters.unsigned:
            events = [each.id for each in list_events(connection, filters, limit=0)]
            firsts = {each.id for each in every if each.event_id == each.id}
            assert events == [each for each in wanted if each in firsts]


def test_a_unit_is_found_with_its_leases_and_residents(
    path: Path, deliver: Callable[..., list[Receipt]], admit: Callable[[], int], database: Database
) -> None:
    def know(connection: Connection) -> None:
        ledger = Ledger(connection)
        ledger.put(LeaseRecord(connection_id="conn_abc123", lease_id="lease_7", unit_id="unit_1"))
        ledger.put(Resident(connection_id="conn_abc123", resident_id="res_7", unit_id="unit_1"))
        ledger.flush()

    database.write(know).result(30)
    names = [("unit", "unit_1"), ("lease", "lease_7"), ("resident", "res_7"), ("unit", "lease_7")]
    for number, (kind, name) in enumerate(names):
        arrival = accepted(number, resource_id=name)
        assert arrival.facts
        facts = arrival.facts._replace(resource_type=kind)
        deliver(database, arrival._replace(facts=facts))
    assert _found(path, Filters(unit_id="unit_1")) == [1]  # no connection is known yet
    admit()

    assert _found(path, Filters(unit_id="unit_1")) == [3, 2, 1]
    assert _found(path, Filters(unit_id="unit_1", connection_id="conn_abc123")) == [3, 2, 1]
    assert _found(path, Filters(unit_id="unit_1", connection_id="conn_other")) == []


def test_the_index_is_used_and_holds_no_refused_delivery(
    path: Path, deliver: Callable[..., list[Receipt]], database: Database
) -> None:
    deliver(database, accepted(1), refused(2, body=b"unit_101"), accepted(3))
    index(database)

    found = "SELECT rowid FROM search_index WHERE search_index MATCH '\"101\"' ORDER BY rowid"
    assert look(path, found) == [1, 3]
    assert look(path, "SELECT value FROM progress WHERE name = 'searchable'") == [3]


def test_what_is_forgotten_is_not_in_the_index_any_more(
    path: Path, deliver: Callable[..., list[Receipt]], database: Database
) -> None:
    deliver(database, *(accepted(number) for number in range(1, 6)))
    index(database)
    deliver(database, accepted(6))

    database.write(lambda connection: forget_indexed(connection, range(2, 9))).result(30)

    assert look(path, "SELECT rowid FROM search_index WHERE search_index MATCH '\"101\"'") == [1]
    assert _found(path, Filters(search="unit_101")) == [6, 1]
    database.write(
        lambda connection: connection.exec_driver_sql(
            "INSERT INTO search_index (search_index) VALUES ('integrity-check')"
        )
    ).result(30)


def test_a_large_body_is_indexed_alone(
    path: Path, deliver: Callable[..., list[Receipt]], database: Database
) -> None:
    deliver(database, accepted(1), accepted(2, padding=100_000), accepted(3))

    assert [database.write(index_batch).result(30) for _ in range(4)] == [1, 1, 1, 0]
    assert _found(path, Filters(search="x" * 9_000)) == [2]


def test_a_long_term_is_found(
    path: Path, deliver: Callable[..., list[Receipt]], database: Database
) -> None:
    arrival = accepted(1, resource_id="".join(map(str, range(500))))
    deliver(database, arrival, accepted(2))
    index(database)

    assert _found(path, Filters(search=arrival.body.decode())) == [1]
    assert _found(path, Filters(search=arrival.body.decode()[:-1] + "x")) == []


def _found(path: Path, filters: Filters) -> list[int]:
    reader = Reader(path)
    with reader.connect() as connection:
        found = [each.id for each in list_deliveries(connection, filters)]
    reader.close()
    return found


@pytest.mark.parametrize("admitted", [False, True])
def test_a_short_term_is_found_at_the_very_end_of_what_is_indexed(
    deliver: Callable[..., list[Receipt]],
    admit: Callable[[], int],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    admitted: bool,
) -> None:
    # Where no run of three characters begins: only the connection's id has it.
    monkeypatch.setattr(search, "_FREQUENT", 1.0)
    ending = accepted(1, connection_id="conn_~z")._replace(body=b"{}", size=2)
    deliver(database, ending, accepted(2), ending)
    if admitted:
        admit()
    index(database)

    for term in ("~Z", "~"):
        assert _found(database.path, Filters(search=term)) == [3, 1]
    assert _found(database.path, Filters(search="z~")) == []
