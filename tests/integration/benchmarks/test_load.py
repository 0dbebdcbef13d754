"""The load generator against real servers: what it counts is what happened."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.big_store import RARE, make_backlog, make_processed
from benchmarks.calling import LoadError, call
from benchmarks.load import Job, perform
from receiver.arrival.route import WEBHOOK_PATH
from store.notifications import list_notifications
from store.reading.deliveries import newest_id, settled_until
from store.reading.events import list_events
from store.reading.filters import Filters
from store.reading.search import read_search_progress
from store.reading.totals import read_totals
from store.reading.units import list_units
from store.records import EventState, NotificationKind
from tests.stand_ins.arrivals import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings


def job(bench: Any, **changed: Any) -> Job:
    values: dict[str, Any] = {
        "port": bench.port,
        "path": WEBHOOK_PATH,
        "secret": bench.secret.decode(),
        "connections": 4,
        "seconds": 20.0,
        "most": 60,
        "warm_up": 10,
    }
    return Job(**values | changed)


def test_it_counts_what_the_receiver_took(bench: Any) -> None:
    outcome = perform(job(bench))
    assert outcome.answers == 60
    assert outcome.errors == {}
    assert 0 < outcome.p50_ms <= outcome.p99_ms <= outcome.p999_ms
    assert outcome.rate == pytest.approx(60 / outcome.seconds)
    events = bench.settle()
    # All of them were new to the receiver, lawful, and about what it processes.
    assert len(events) == len(bench.deliveries()) == 70
    assert {event.state for event in events} == {EventState.PROCESSED}


def test_it_ends_with_its_time(bench: Any) -> None:
    outcome = perform(job(bench, most=10**9, seconds=0.3))
    assert outcome.answers == len(bench.deliveries()) - 10
    assert outcome.seconds >= 0.3


def test_it_keeps_a_rate(bench: Any) -> None:
    answers: list[int] = []
    # On a machine that is held up meanwhile, some are not sent before the time is over.
    while len(answers) < 5 and not {25, 26} & set(answers):  # one is due just then
        outcome = perform(job(bench, rate=50.0, seconds=0.5, warm_up=0, most=10**9))
        assert outcome.errors == {}
        answers.append(outcome.answers)
    assert max(answers) in (25, 26)


def test_wrong_answers_are_errors(bench: Any) -> None:
    outcome = perform(job(bench, forged=True))
    assert outcome.errors == {"status 401": 60}
    assert perform(job(bench, forged=True, expect=401)).errors == {}


def test_a_process_of_its_own_does_the_same(bench: Any) -> None:
    assert call(job(bench), None).answers == 60
    with pytest.raises(LoadError, match="status 401"):
        call(job(bench, forged=True), None)


@contextmanager
def listener(answer: bytes) -> Iterator[int]:
    """Answers every request with these bytes and closes; its port."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(30)
                    try:
                        if connection.recv(65_536):
                            connection.sendall(answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stopping.set()
            thread.join()


def few(port: int) -> Job:
    return Job(
        port=port, path="/", secret="s", connections=1, seconds=20, most=3, warm_up=1, first=0
    )


def test_a_server_that_closes_after_each_answer_is_asked_again() -> None:
    with listener(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") as port:
        outcome = perform(few(port))
    assert (outcome.answers, outcome.errors) == (3, {})


def test_a_server_that_answers_nothing_is_an_error() -> None:
    with listener(b"") as port:
        outcome = perform(few(port))
    assert outcome.answers == 0
    assert sum(outcome.errors.values()) == 3


def test_nobody_listens() -> None:
    with listener(b"") as port:
        pass
    with pytest.raises(LoadError, match="failed"):
        call(few(port), None)


def test_a_backlog_is_what_a_receiver_goes_on_with(
    settings: Settings, open_bench: Callable[..., AbstractContextManager[Any]]
) -> None:
    make_backlog(settings.db, 300, units=50)
    with open_bench() as bench:
        events = bench.settle()
        assert len(events) == 300
        assert {event.state for event in events} == {EventState.PROCESSED}
        assert len(bench.read(list_units, limit=0)) == 50
        # What each event says was there before is what is there: none is told as missed.
        kinds = {notice.kind for notice in bench.read(list_notifications, limit=0)}
        assert kinds == {NotificationKind.RUBS}


def test_a_large_store_is_a_store_that_all_is_done_in(
    settings: Settings, open_bench: Callable[..., AbstractContextManager[Any]]
) -> None:
    make_processed(settings.db, 2_000, lambda _: None)
    with open_bench() as bench:
        assert bench.read(newest_id) == bench.read(settled_until) == 2_000
        assert bench.read(read_search_progress).behind == 0
        totals = bench.read(read_totals, START)
        assert (totals.deliveries, totals.refused, totals.pending) == (2_000, 2, 0)
        # Every five hundredth failed, unless it is one of the two that were refused.
        assert totals.failed == 2
        [found] = bench.read(list_events, Filters(search=RARE))
        assert found.id == 1_001
        assert bench.post({"event": "test.ping", "timestamp": "2026-03-26T09:00:00Z"}).status == 200
