"""When a delivery cannot be written down: 503, nothing stored, and a retry is as good as new."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from store.records import EventState, Outcome
from tests.conftest import wait_until
from tests.integration.receiver.conftest import sqft, update
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Bench, Reply


@contextmanager
def locked(bench: Bench) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    path = bench.settings.db
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def assert_unavailable(reply: Reply) -> None:
    assert (reply.status, reply.body) == (503, b'{"error":"store_unavailable"}')
    assert reply.headers["retry-after"] == "60"


def test_a_locked_store_is_said_in_time_and_the_retry_is_no_duplicate(bench: Bench) -> None:
    bench.deliver(update(900))
    with locked(bench), Stopwatch() as took:
        with ThreadPoolExecutor(12) as threads:
            signed = [threads.submit(bench.post, update(950 + n, minute=1)) for n in range(10)]
            wrong = threads.submit(bench.post, b"{}", path="/nope")
            unsigned = threads.submit(bench.post, b"{}", signature=None)
        for posted in (*signed, wrong, unsigned):
            assert_unavailable(posted.result())
        assert took.seconds < 5
        assert len(bench.deliveries()) == 1
    reply = bench.post(update(950, minute=1))
    assert (reply.status, reply.json["duplicate"]) == (200, False)
    assert reply.json["delivery_id"] == 2
    assert bench.settle()[1].outcome is Outcome.UPDATED


def test_a_lock_that_is_soon_gone_is_waited_for(bench: Bench) -> None:
    with ThreadPoolExecutor(1) as threads:
        with locked(bench):
            posted = threads.submit(bench.post, update(900))
            time.sleep(0.3)  # so long the other process takes
            assert not posted.done()
        assert posted.result().status == 200


def test_processing_goes_on_when_the_store_can_be_written_again(bench: Bench) -> None:
    event_id = bench.deliver(update(900)).id
    with closing(sqlite3.connect(bench.settings.db, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE events SET state = 'pending'")
        bench.service.wake_processor()
        problem = wait_until(lambda: bench.service.processor.problem, "the problem is shown")
        assert "locked" in str(problem)
        assert bench.service.processor.running
        other.execute("COMMIT")
    assert [event.id for event in bench.settle()] == [event_id]
    wait_until(lambda: bench.service.processor.problem is None, "the problem is over")


def test_a_store_that_was_deleted_is_not_written_into_nothing(bench: Bench) -> None:
    bench.deliver(update(900))
    away = bench.settings.db.with_name("away.db")
    bench.settings.db.rename(away)
    assert_unavailable(bench.post(update(950, minute=1)))
    away.rename(bench.settings.db)
    assert bench.deliver(update(950, minute=1)).state is EventState.PROCESSED
    assert sqft(bench) == 950
