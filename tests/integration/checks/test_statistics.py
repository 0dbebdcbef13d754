"""The queries behind the checks: what they count, and that none of them reads the whole log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from meterbase_tui.checking.ping import send_ping
from receiver.judging.signing import Secrets
from store.database import Database
from store.reader import Reader
from store.records import Origin, Outcome, PropertyState, Reason
from store.safekeeping.integrity import Soundness, check_bodies, check_structure
from store.statistics import (
    Backlog,
    find_bodies,
    last_from_network,
    read_statistics,
    repetitions,
)
from tests.conftest import wait_until
from tests.integration.checks.conftest import now_text, ping_body, unit_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from store.statistics import Statistics
    from tests.conftest import Bench

LARGE = 20_000
FILL = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LARGE})
INSERT INTO deliveries SELECT i, 1795000000000000 + i, 'network', NULL, 'POST', '/', 200, 'valid',
 NULL, i, randomblob(32), 'data.update', 1795000000000000, 'c', 'unit', 'u', 'p', 4,
 randomblob(32), x'', x'00000000', NULL FROM n
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which a fifth of 20,000 events was set aside, and nothing was repeated."""
    path = tmp_path_factory.mktemp("large") / "store.db"
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(FILL)
        connection.execute(
            "INSERT INTO events SELECT id, identity, event, timestamp, connection_id,"
            " resource_type, resource_id, property_id, received_at,"
            " CASE id % 10 WHEN 0 THEN 'ignored' WHEN 1 THEN 'failed' ELSE 'processed' END,"
            " 'updated', CASE id % 10 WHEN 0 THEN 'unlinked_property' END, NULL, 1, received_at,"
            " 0, id FROM deliveries"
        )
        connection.execute(f"UPDATE progress SET value = {LARGE} WHERE name = 'admitted'")
    return path


@pytest.fixture
def connection(large: Path) -> Iterator[Connection]:
    reader = Reader(large)
    with reader.connect() as opened:
        yield opened
    reader.close()


def test_no_query_reads_the_whole_of_a_large_table(connection: Connection) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(
        connection,
        "before_cursor_execute",
        lambda _c, _k, statement, parameters, *_: asked.append((statement, parameters)),
    )
    found = read_statistics(connection)
    repetitions(connection, [found.deliveries[0]])
    find_bodies(connection, {b"x"})
    last_from_network(connection)
    queries = list(asked)
    assert len(queries) >= 14
    for statement, parameters in queries:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        for *_, step in plan.all():
            scans = step.startswith(("SCAN deliveries", "SCAN events"))
            assert not scans or "USING INDEX" in step or "COVERING" in step, (statement, step)


def test_the_cost_does_not_grow_with_the_log(connection: Connection) -> None:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver = connection.connection.driver_connection
    driver.set_progress_handler(count, 1_000)  # type: ignore[union-attr]
    read_statistics(connection)
    driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
    # A pass over 20,000 rows takes some 100,000 steps of SQLite's machine and more.
    assert steps < 150


def test_what_is_found_in_a_large_log(connection: Connection) -> None:
    found = read_statistics(connection)
    assert [each.id for each in found.deliveries] == list(range(LARGE, LARGE - 1_000, -1))
    assert [(group.count, group.newest_id) for group in found.failures] == [(1_000, 19_991)]
    (ignored,) = found.ignored
    assert (ignored.reason, ignored.property_id, ignored.count) == (
        Reason.UNLINKED_PROPERTY, "p", 2_000,
    )  # fmt: skip
    assert found.ends.looked_at == 500
    assert found.backlog.waiting == 0


def everything(bench: Bench) -> Statistics:
    return bench.read(read_statistics)


def test_an_empty_log(bench: Bench) -> None:
    found = everything(bench)
    assert [*found.deliveries, *found.refusals, *found.repetitions] == []
    assert found.last_from_network is None
    assert found.registry.registered == 1
    assert found.registry.properties == {PropertyState.LINKED: 1}


def change(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def test_how_fast_a_backlog_is_worked_off(bench: Bench) -> None:
    for number in range(4):
        bench.deliver(unit_body(id=f"u{number}"))
    bench.settle()
    assert everything(bench).backlog == Backlog(0, None, None)
    ended = "UPDATE events SET processed_at = (SELECT max(processed_at) FROM events) - {} * 1000000"
    for statement in (
        f"{ended.format(0)} WHERE id = 3",
        f"{ended.format(2)} WHERE id = 2",
        f"{ended.format(20)} WHERE id = 1",
        "UPDATE events SET state = 'pending', finish = NULL, processed_at = NULL WHERE id = 4",
    ):
        bench.write(change, statement)
    found = everything(bench).backlog
    assert (found.waiting, found.pace and found.pace.events) == (1, 2)
    assert found.pace is not None
    assert found.pace.a_second == pytest.approx(1.0)


def test_deliveries_of_every_kind(bench: Bench) -> None:
    body = ping_body(n=1)
    bench.deliver(body)
    bench.post(body)
    bench.post(b"{}", path="/else")
    bench.post(b"{}", signature="sha256=00")
    found = everything(bench)
    assert [each.id for each in found.deliveries] == [4, 3, 2, 1]
    assert [each.duplicate for each in found.deliveries] == [False, False, True, False]
    assert [each.status for each in found.deliveries] == [401, 404, 200, 200]
    assert {each.origin for each in found.deliveries} == {Origin.NETWORK}
    (refused,) = found.refusals
    assert (refused.id, refused.path, refused.status) == (3, "/else", 404)
    assert (b"Host", b"test") in refused.headers
    assert found.last_from_network is not None
    assert found.last_from_network.id == 2
    (again,) = found.repetitions
    assert (again.id, again.event_id, again.earlier_id) == (2, 1, 1)
    assert 0 <= again.pause_s < 60


def test_what_we_sent_ourselves_is_not_repeated_by_the_network(bench: Bench) -> None:
    sent = send_ping(bench.url, Secrets(bench.secret), datetime.now(UTC), seconds=30)
    assert bench.post(sent.body).json["duplicate"]
    assert everything(bench).repetitions == ()
    bench.post(sent.body)
    assert [each.earlier_id for each in everything(bench).repetitions] == [2]


def test_how_events_ended(bench: Bench) -> None:
    bench.deliver(unit_body(sqft=900))
    bench.deliver(unit_body(event="data.update", sqft=900, timestamp=now_text(hours=-1)))
    bench.deliver(unit_body("conn_q"))
    bench.deliver(unit_body("conn_q", id="unit_2"))
    sync = {"event": "sync.complete", "timestamp": now_text(), "connection_id": "conn_abc123"}
    synced = bench.deliver(sync)
    found = everything(bench)
    assert found.ends.reasons == {Reason.STALE: 1, Reason.UNKNOWN_CONNECTION: 2}
    assert found.ends.outcomes[Outcome.CREATED] == 1
    assert (found.ends.newest_stale_id, found.ends.sync_id) == (2, synced.id)
    groups = {(group.reason, group.connection_id): group for group in found.ignored}
    assert groups[Reason.UNKNOWN_CONNECTION, "conn_q"].count == 2
    assert groups[Reason.UNKNOWN_CONNECTION, "conn_q"].newest_id == 4
    unregistered = found.registry.connections[0]
    assert (unregistered.connection_id, unregistered.registered) == ("conn_q", False)


def test_units_that_are_missing(bench: Bench) -> None:
    bench.deliver(unit_body())
    assert everything(bench).missing_units.count == 0
    since = datetime(2026, 3, 25, tzinfo=UTC)
    micros = int(since.timestamp() * 1_000_000)
    bench.write(
        lambda connection: connection.exec_driver_sql(
            f"UPDATE units SET missing_since = {micros}"
        ).close()
    )
    found = everything(bench).missing_units
    assert (found.count, found.since) == (1, since)


def test_a_check_of_the_structure_keeps_to_its_time(large: Path, connection: Connection) -> None:
    assert check_structure(connection, 30).soundness is Soundness.SOUND
    # The check takes some milliseconds, and is sometimes quicker than no time at all.
    wait_until(lambda: check_structure(connection, 0.0).soundness is Soundness.UNFINISHED)
    # And the connection is as good as before.
    assert check_structure(connection, 30).soundness is Soundness.SOUND


def test_bodies_are_compared_with_their_checksums(connection: Connection) -> None:
    # Their checksums were made up.
    found = check_bodies(connection, newest=5)
    assert found.checked == 5
    assert found.damaged == tuple(range(LARGE, LARGE - 5, -1))
