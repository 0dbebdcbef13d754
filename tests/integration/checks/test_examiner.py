from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.checking import Examiner, Surroundings
from meterbase_tui.checking.examiner import still_true
from receiver.checks import Check, CheckName, CheckStatus, Probes
from receiver.operations import perform
from receiver.tunnel import ProviderName, TunnelState, TunnelStatus
from tests.conftest import wait_until
from tests.integration.checks.conftest import ping_body, require, unit_body
from tests.unit.receiver.checks.given import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.settings import Settings
    from tests.conftest import Bench

PASS, WARN, FAIL = CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL


def pick(checks: list[Check], name: CheckName) -> Check:
    return next(check for check in checks if check.name is name)


@pytest.fixture
def examiner(bench: Bench) -> Iterator[Examiner]:
    made = Examiner(bench.settings, bench.runtime, Surroundings(environ={}))
    yield made
    made.close()


def test_it_follows_what_happens(bench: Bench, examiner: Examiner) -> None:
    require(PASS, pick(examiner.look(), CheckName.CONNECTIONS))
    bench.deliver(unit_body("conn_new"))
    require(WARN, pick(examiner.look(), CheckName.CONNECTIONS), "conn_new")
    bench.write(perform, "register_connection", {"connection_id": "conn_new"})
    bench.write(perform, "reprocess", {"states": ["ignored"]})
    bench.service.wake_processor()
    bench.settle()
    require(PASS, pick(examiner.look(), CheckName.CONNECTIONS))


def test_any_thread_may_ask(examiner: Examiner) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(len(examiner.look()))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [len(CheckName)] * 4


def test_looking_often_leaves_no_trace_and_closely_one_ping(
    bench: Bench, examiner: Examiner
) -> None:
    for _ in range(3):
        examiner.look()
    assert bench.deliveries() == []
    require(PASS, pick(examiner.look_closely(), CheckName.ENDPOINT), "was stored in")
    assert [each.event for each in bench.deliveries()] == ["test.ping"]
    require(PASS, pick(examiner.look(), CheckName.ENDPOINT), "was stored in")


def test_a_store_that_takes_the_place_of_the_open_one(bench: Bench, examiner: Examiner) -> None:
    examiner.look()
    path = bench.settings.db
    path.rename(path.with_name("aside.db"))
    path.write_bytes(b"")
    require(FAIL, pick(examiner.look(), CheckName.STORE), "replaced")
    path.with_name("aside.db").rename(path)
    require(PASS, pick(examiner.look(), CheckName.STORE))


def test_a_store_that_comes_later(settings: Settings, bench: Bench) -> None:
    elsewhere = settings.db.with_name("later.db")
    examiner = Examiner(
        settings.__class__(db=elsewhere, port=bench.port, tunnel=settings.tunnel),
        surroundings=Surroundings(environ={}),
    )
    require(CheckStatus.SKIP, pick(examiner.look(), CheckName.STORE), "no store")
    bench.deliver(ping_body())
    bench.write(lambda connection: connection.exec_driver_sql("SELECT 1").close())
    elsewhere.touch(0o600)
    elsewhere.write_bytes(wait_until(lambda: _whole(bench), "all is in the file"))
    require(PASS, pick(examiner.look(), CheckName.STORE), "later.db")
    examiner.close()


def _whole(bench: Bench) -> bytes:
    """The store's bytes once all of its write-ahead log has been moved into it."""
    copy = bench.settings.db.with_name("copy.db")
    copy.write_bytes(bench.settings.db.read_bytes())
    # A copy that was made meanwhile may be of no use.
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as alone,
    ):
        if alone.execute("SELECT count(*) FROM acknowledgements").fetchone()[0]:
            return copy.read_bytes()
    return b""


def test_its_thread_ends(settings: Settings) -> None:
    before = set(threading.enumerate())
    made = Examiner(settings, surroundings=Surroundings(environ={}))
    (thread,) = set(threading.enumerate()) - before
    made.look()
    made.close()
    thread.join(60)
    assert not thread.is_alive()


def test_how_long_a_close_look_counts() -> None:
    now = datetime(2026, 3, 25, 12, tzinfo=UTC)
    fresh, old = Probes(at=now - timedelta(minutes=9)), Probes(at=now - timedelta(minutes=11))
    facts = replace(FACTS, now=now)
    assert still_true(fresh, facts)
    assert not still_true(old, facts)
    moved = TunnelStatus(TunnelState.ONLINE, None, None, ProviderName.URL, now)
    assert not still_true(fresh, replace(facts, tunnel=replace(FACTS.tunnel, status=moved)))


def test_a_mistake_is_told_to_whoever_asked(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("meterbase_tui.checking.examiner.gather_facts", broken)
    with pytest.raises(ZeroDivisionError):
        examiner.look()
    monkeypatch.undo()
    assert examiner.look()
