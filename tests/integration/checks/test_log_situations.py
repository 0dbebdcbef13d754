"""What is wrong with what arrives: each trouble is made over the wire, and cured again."""

from __future__ import annotations

import itertools
import socket
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.judging.signing import sign
from receiver.operations import perform
from store.database import Database
from store.reading.deliveries import get_deliveries
from tests.conftest import PATH, SECRET, Bench, wait_until
from tests.integration.checks.conftest import judge, now_text, ping_body, require, unit_body

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings

PASS, WARN, FAIL = CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL
A_DAY = timedelta(hours=25)


def diagnosed(bench: Bench, delivery_id: int) -> None:
    wait_until(
        lambda: bench.read(get_deliveries, [delivery_id])[delivery_id].diagnosis, "a diagnosis"
    )


def test_a_signed_webhook_on_another_path(bench: Bench) -> None:
    name = CheckName.ENDPOINT
    bench.deliver(ping_body(n=1))
    assert bench.post(ping_body(n=2), path="/webhooks/propexo?x=1").status == 404
    require(FAIL, judge(bench, name), "/webhooks/propexo (1 ×)", "delivery 2", fix=PATH)
    bench.deliver(ping_body(n=3))
    require(PASS, judge(bench, name))


def test_a_wrong_method_a_large_body_and_one_that_is_no_json(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    name = CheckName.ENDPOINT
    with open_bench(max_body=1_024) as bench:
        bench.post(b"{}", method="PUT")
        require(WARN, judge(bench, name), "PUT instead of POST", fix="POST")
        bench.deliver(ping_body())
        require(PASS, judge(bench, name))
        bench.post(b"x" * 2_000)
        require(WARN, judge(bench, name), "413", "1,024 bytes", fix="--max-body")
        bench.deliver(ping_body(n=2))
        bench.post(b"not json")
        require(WARN, judge(bench, name), "400", "delivery 5")
        bench.deliver(ping_body(n=3))
        require(PASS, judge(bench, name))


def test_signatures_of_another_secret(bench: Bench) -> None:
    name = CheckName.SIGNATURE_FAILURES
    bench.deliver(ping_body(n=1))
    require(PASS, judge(bench, name), "The one delivery")
    body = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z"}'
    bench.post(body, signature=sign(b"another secret", body))
    bench.post(body, signature=sign(SECRET, body + b"\n"))
    diagnosed(bench, 2)
    diagnosed(bench, 3)
    found = require(
        FAIL, judge(bench, name), "2 of the newest 3", "unknown_secret", "body_whitespace"
    )
    assert found.action is not None
    assert found.action.delivery_id == 3
    bench.deliver(ping_body(n=2))
    require(PASS, judge(bench, name), "Those since then were signed well")


def test_a_curl_without_a_signature_is_no_failure(bench: Bench) -> None:
    bench.post(b"{}", signature=None)
    require(WARN, judge(bench, CheckName.SIGNATURE_FAILURES), "missing_header")


def test_a_connection_that_is_not_registered(bench: Bench) -> None:
    name = CheckName.CONNECTIONS
    require(PASS, judge(bench, name))
    bench.deliver(unit_body("conn_new", id="u1"))
    bench.deliver(unit_body("conn_new", id="u2"))
    found = require(WARN, judge(bench, name), "conn_new (2 events)", fix="connections add conn_new")
    assert found.action is not None
    assert found.action.kind is ActionKind.REGISTER_CONNECTION
    bench.write(perform, "register_connection", {"connection_id": found.action.connection_id})
    require(WARN, judge(bench, name), "still ignored", fix="reprocess --ignored")
    bench.write(perform, "reprocess", {"states": ["ignored"]})
    bench.service.wake_processor()
    bench.settle()
    # Its property is not linked: that is another check's matter.
    require(PASS, judge(bench, name), "2 connections registered")


def test_a_property_that_is_not_linked(bench: Bench) -> None:
    name = CheckName.PROPERTIES
    bench.deliver(unit_body(property_id="prop_new"))
    found = require(
        WARN,
        judge(bench, name),
        "prop_new of conn_abc123 (1 event)",
        fix="properties link prop_new --connection conn_abc123",
    )
    assert found.action is not None
    action = {"connection_id": found.action.connection_id, "property_id": found.action.property_id}
    bench.write(perform, "link_property", action)
    bench.service.wake_processor()
    bench.settle()
    require(PASS, judge(bench, name), "2 properties are linked")


def test_a_new_property_waits_for_a_decision(bench: Bench) -> None:
    name = CheckName.PROPERTIES
    bench.deliver(
        {
            "event": "data.new",
            "timestamp": now_text(),
            "connection_id": "conn_abc123",
            "resource_type": "property",
            "data": {"id": "prop_2", "name": "Second building"},
        }
    )
    require(WARN, judge(bench, name), "1 property waits", "prop_2", fix="properties link prop_2")
    bench.write(perform, "link_property", {"connection_id": "conn_abc123", "property_id": "prop_2"})
    require(PASS, judge(bench, name))


def test_an_event_that_cannot_be_processed(bench: Bench) -> None:
    name = CheckName.PROCESSING_ERRORS
    event = bench.deliver(unit_body())
    require(PASS, judge(bench, name), "1 created")

    def spoil(connection: object, change: str) -> None:
        statement = f"UPDATE deliveries SET body = {change} WHERE id = {event.id}"
        connection.exec_driver_sql(statement)  # type: ignore[attr-defined]

    bench.write(spoil, "CAST(body || ' ' AS BLOB)")
    bench.reprocess(event.id)
    require(
        FAIL,
        judge(bench, name),
        "1 event could not be processed",
        f"event {event.id}",
        "checksum",
        fix="reprocess --failed",
    )
    bench.write(spoil, "CAST(substr(body, 1, length(body) - 1) AS BLOB)")
    bench.reprocess(event.id)
    require(PASS, judge(bench, name))


def test_an_event_that_is_older_than_what_was_applied(bench: Bench) -> None:
    name = CheckName.PROCESSING_ERRORS
    bench.deliver(unit_body(sqft=900))
    late = bench.deliver(unit_body(event="data.update", timestamp=now_text(hours=-1), sqft=800))
    require(WARN, judge(bench, name), f"event {late.id}", fix=f"reprocess {late.id} --force")
    bench.reprocess(late.id, force=True)
    require(PASS, judge(bench, name))


def test_a_sync_that_nothing_was_refreshed_by(bench: Bench) -> None:
    bench.write(perform, "register_connection", {"connection_id": "conn_other"})
    body = {"event": "sync.complete", "timestamp": now_text(), "connection_id": "conn_other"}
    event = bench.deliver(body)
    require(
        WARN,
        judge(bench, CheckName.PROCESSING_ERRORS),
        f"event {event.id}, refreshed nothing",
        fix="units follow their own events",
    )


def test_events_that_wait_while_no_receiver_runs(
    settings: Settings, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> None:
    name = CheckName.PROCESSING_ERRORS
    with open_bench() as bench:
        bench.deliver(ping_body())
    wait_again(settings, attempts=1)
    # One that is processed once more arrived long ago, and has not waited since.
    require(PASS, judge(settings, name))
    wait_again(settings, attempts=0)
    require(WARN, judge(settings, name), "1 event waits", "no receiver runs", fix="Start")
    with open_bench() as bench:
        bench.settle()
        require(PASS, judge(bench, name))


def wait_again(settings: Settings, attempts: int) -> None:
    """Puts all events into the queue, without anybody who takes them out."""
    database = Database(settings.db)
    statement = f"UPDATE events SET state = 'pending', attempts = {attempts}"
    database.write(lambda connection: connection.exec_driver_sql(statement).close()).result()
    database.close()


def test_answers_that_are_slow_because_the_store_is_locked(bench: Bench) -> None:
    name = CheckName.RESPONSE_TIME
    bench.post(ping_body(n=1))
    noted(bench, 1)
    require(PASS, judge(bench, name))
    with closing(sqlite3.connect(bench.settings.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with bench.dial() as wire:
            wire.send(_signed(bench))
            time.sleep(1.05)  # the fault itself: so long the store is locked
            other.execute("ROLLBACK")
            assert wire.receive() is not None
    noted(bench, 2)
    require(WARN, judge(bench, name), "delivery 2", fix="disk")
    for number in range(110):
        bench.post(ping_body(more=number))
    numbers = itertools.count(110)

    def is_fast_again() -> bool:
        noted(bench, bench.post(ping_body(more=next(numbers))).json["delivery_id"])
        return judge(bench, name).status is PASS

    wait_until(is_fast_again, "enough quick answers since")


def _signed(bench: Bench) -> bytes:
    body = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{"slow":true}}'
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    return f"{head}X-Propexo-Signature: {sign(bench.secret, body)}\r\n\r\n".encode() + body


def noted(bench: Bench, delivery_id: int) -> None:
    """Waits until the time of an answer has been written down."""
    wait_until(lambda: bench.read(get_deliveries, [delivery_id])[delivery_id].ack_ms, "its time")


def test_an_event_that_came_twice_at_once(bench: Bench) -> None:
    name = CheckName.DUPLICATES
    body = ping_body(n=1)
    bench.deliver(body)
    require(PASS, judge(bench, name))
    assert bench.post(body).json["duplicate"]
    found = require(WARN, judge(bench, name), "within seconds", "events 1", fix="two endpoints")
    assert found.action is not None
    assert found.action.event_id == 1
    require(PASS, judge(bench, name, later=A_DAY))


@pytest.mark.parametrize(
    ("pause", "words"), [(61, "a retry"), (700, "sent by hand")], ids=["retry", "by hand"]
)
def test_an_event_that_came_again_later(bench: Bench, pause: int, words: str) -> None:
    body = ping_body(n=1)
    bench.deliver(body)
    bench.post(body)
    noted(bench, 1)

    def move(connection: object) -> None:
        connection.exec_driver_sql(  # type: ignore[attr-defined]
            f"UPDATE deliveries SET received_at = received_at - {pause * 1_000_000} WHERE id = 1"
        )

    bench.write(move)
    assert words in judge(bench, CheckName.DUPLICATES).detail


def test_a_clock_that_is_behind_the_senders(bench: Bench) -> None:
    name = CheckName.CLOCK
    bench.deliver(ping_body() | {"timestamp": now_text(hours=2)})
    require(WARN, judge(bench, name), "before their own time stamps", fix="timedatectl")
    for number in range(2):
        bench.deliver(ping_body(n=number))
    require(PASS, judge(bench, name))


def test_a_forward_target_that_is_down(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    name = CheckName.FORWARD_TARGET
    with socket.socket() as target:
        target.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{target.getsockname()[1]}/hook"
        with open_bench(forward_to=url) as bench:
            require(WARN, judge(bench, name), url, "nothing listens there", fix="Start")
            target.listen()
            require(PASS, judge(bench, name), url)


def test_an_event_that_tells_of_another_past(bench: Bench) -> None:
    bench.deliver(unit_body(status="vacant"))
    require(PASS, judge(bench, CheckName.DRIFT))
    moved = unit_body(event="data.update", status="occupied")
    bench.deliver(moved | {"changes": {"status": {"old": "notice", "new": "occupied"}}})
    found = judge(bench, CheckName.DRIFT)
    said = "status was vacant here, Propexo says it was notice"
    require(WARN, found, said, fix="sync.complete")
    require(PASS, judge(bench, CheckName.DRIFT, later=timedelta(days=9)))
