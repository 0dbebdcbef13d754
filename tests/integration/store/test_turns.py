"""A delivery that comes alone is committed where it came, if nobody has to be waited for."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, cast

import pytest

from store.errors import StoreUnavailableError
from store.writing import checkpoints, commits, transactions
from store.writing.inbox import Inbox
from store.writing.lane import Arrivals
from store.writing.submissions import Sheaf, Submission
from tests.integration.store.conftest import wait_for_any_lock
from tests.stand_ins.arrivals import accepted, look
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Arrival, Receipt

WRITER = "store-writer"


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads on which batches were appended, one after the other."""
    found: list[str] = []
    append = Inbox.append
    monkeypatch.setattr(commits, "_QUICK_S", 1.0)  # on a busy machine no disk is quick

    def note(self: Inbox, connection: Connection, arrivals: Sequence[Arrival]) -> list[Receipt]:
        found.append(threading.current_thread().name)
        return append(self, connection, arrivals)

    monkeypatch.setattr(Inbox, "append", note)
    return found


async def longest_pause(of: asyncio.Future[Receipt]) -> float:
    """How long the loop did nothing else meanwhile, in seconds."""
    longest = before = 0.0
    with Stopwatch() as clock:
        while not of.done():
            await asyncio.sleep(0.001)
            now = clock.seconds
            longest, before = max(longest, now - before), now
    return longest


async def go_alone(database: Database, places: list[str], numbers: Iterator[int]) -> None:
    """Appends one after the other until one is committed on the thread of the loop.

    The writer's own thread may be at its chores, and a machine that was busy makes a disk slow.
    """
    patience = Patience()
    while not places or places[-1] == WRITER:
        assert patience.lasts
        await asyncio.sleep(0.05)
        await database.append(accepted(next(numbers)), 30)


async def test_one_alone_is_committed_on_its_own_thread(
    database: Database, places: list[str]
) -> None:
    here = threading.current_thread().name
    patience, number = Patience(), 0
    while places.count(here) < 8:  # the writer's thread may be at its chores
        assert patience.lasts
        assert (await database.append(accepted(number), 30)).delivery_id == number + 1
        await asyncio.sleep(0.002)
        number += 1
    assert set(places) <= {here, WRITER}


async def test_many_are_left_to_the_thread(database: Database, places: list[str]) -> None:
    numbers = itertools.count()
    for _ in range(4):
        await asyncio.gather(*(database.append(accepted(next(numbers)), 30) for _ in range(50)))
    # Of the very first one nobody knew that it had company.
    assert set(places[1:]) == {WRITER}
    await database.append(accepted(next(numbers)), 30)
    # Who came last was not alone, unless the machine took a pause for us.
    while places[-1] != WRITER:
        assert next(numbers) < 2_000
        await asyncio.gather(*(database.append(accepted(next(numbers)), 30) for _ in range(50)))
        await database.append(accepted(next(numbers)), 30)
    await go_alone(database, places, numbers)


async def test_one_alone_is_answered_before_anything_else_is_read(
    database: Database, places: list[str]
) -> None:
    here = threading.current_thread().name
    firsts = []
    for number in range(10):
        done: list[str] = []
        asyncio.get_running_loop().call_soon(done.append, "else")
        database.submit(accepted(number), 5, lambda _, done=done: done.append("told"))  # type: ignore[misc]
        await asyncio.sleep(0.05)
        assert sorted(done) == ["else", "told"]
        if places[-1] == here:  # the writer's thread may have been at its chores
            firsts.append(done[0])
    assert len(firsts) >= 5
    assert set(firsts) == {"told"}


async def test_two_in_one_turn_are_company_for_the_next(
    database: Database, places: list[str]
) -> None:
    told: list[object] = []
    for start in range(0, 9, 3):
        for number in range(start, start + 3):
            database.submit(accepted(number), 5, told.append)
        await asyncio.sleep(0.05)
    assert len(told) == 9
    # One and two; then one turn was not of one, and its three go together.
    assert len(places) <= 2 + 1 + 1


async def test_large_ones_are_left_to_the_thread(database: Database, places: list[str]) -> None:
    await database.append(accepted(1, padding=2 << 20), 30)
    assert places == [WRITER]


async def test_a_slow_disk_is_left_to_the_thread(database: Database, places: list[str]) -> None:
    database._writer._commits._transactions.commit_s = 1.5
    await database.append(accepted(1), 30)
    assert places == [WRITER]
    await go_alone(database, places, itertools.count(2))  # it was quick that time


async def test_a_slow_commit_is_noticed(
    database: Database, places: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000_000, 1_500))

    class SlowTime:
        sleep = staticmethod(time.sleep)
        monotonic = staticmethod(lambda: next(clock) / 1000)

    monkeypatch.setattr(transactions, "time", SlowTime)
    for number in range(4):
        await database.append(accepted(number), 30)
        await asyncio.sleep(0.005)
    assert places[1:] == [WRITER] * 3


async def test_the_loop_does_not_wait_for_another_process(
    database: Database, places: list[str]
) -> None:
    wait_for_any_lock(database)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(database.append(accepted(1), 30))
        asyncio.get_running_loop().call_later(0.5, other.execute, "ROLLBACK")
        assert await longest_pause(waiting) < 0.2
    assert (await waiting).delivery_id == 1
    assert places == [WRITER]


async def test_the_loop_does_not_wait_for_work(database: Database) -> None:
    begun = threading.Event()

    def take_long(_: Connection) -> None:
        begun.set()
        time.sleep(0.5)

    work = database.write(take_long)
    assert await asyncio.to_thread(begun.wait, 60)
    waiting = asyncio.ensure_future(database.append(accepted(1), 30))
    assert await longest_pause(waiting) < 0.2
    assert work.done()


async def test_work_gets_its_turn_however_many_come_one_by_one(database: Database) -> None:
    ended = asyncio.Event()

    async def stream() -> int:
        number = 0
        while not ended.is_set():
            await database.append(accepted(number), 30)
            number += 1
        return number

    streaming = asyncio.ensure_future(stream())
    await asyncio.sleep(0.05)
    for patient in (False, True, False, True):
        with Stopwatch() as took:
            await asyncio.wrap_future(database.write(lambda _: None, patient=patient))
        assert took.seconds < 1.9, "a burst may hold back what is patient for 1.5 s"
    ended.set()
    count = await streaming
    assert look(database.path, "SELECT count(*) FROM deliveries") == [count]


async def test_what_follows_is_done_without_another_arrival(database: Database) -> None:
    receipt = await database.append(accepted(1), 30)
    database.note_answer(receipt.delivery_id, 1.5)
    patience = Patience()
    while look(database.path, "SELECT ms FROM acknowledgements") != [1.5]:
        assert patience.lasts
        await asyncio.sleep(0.02)


async def test_the_log_stays_bounded_in_a_stream_without_a_pause(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", 1 << 20)
    log = database.path.with_name(database.path.name + "-wal")
    most = 0
    for number in range(3_000):
        await database.append(accepted(number, padding=8_000), 30)
        most = max(most, log.stat().st_size)
    assert most < 10 << 20  # three times as much was written


async def test_the_thread_is_not_overtaken(database: Database, places: list[str]) -> None:
    database._writer._wanted = True
    await database.append(accepted(1), 30)
    assert places == [WRITER]


async def test_who_goes_away_and_would_have_given_up_is_stored(
    database: Database, meets_lock: Callable[[], Awaitable[object]]
) -> None:
    wait_for_any_lock(database)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.ensure_future(database.append(accepted(1), 30))
        await meets_lock()  # so the thread has taken it
        second = asyncio.ensure_future(database.append(accepted(2), 0.1))
        third = asyncio.ensure_future(database.append(accepted(3), 0.1))
        await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(StoreUnavailableError, match="in time"):
            await third
        other.execute("ROLLBACK")
    await first
    await database.append(accepted(4), 30)
    found = look(database.path, "SELECT identity FROM deliveries ORDER BY id")
    assert found == [identity_of(number) for number in (1, 2, 4)]


def identity_of(number: int) -> bytes:
    facts = accepted(number).facts
    assert facts
    return facts.identity


async def test_what_comes_while_it_is_closed_is_told(database: Database) -> None:
    told: list[object] = []
    wake = threading.Condition()
    lane = Arrivals(wake, lambda _: None)
    lane.submit(accepted(0), 5, told.append)  # alone, so that it is handed over at once
    lane.submit(accepted(1), 5, told.append)
    with wake:
        [_, waiting] = lane.close()
    sheaf = waiting.sheaf
    sheaf.add(accepted(2), 5, told.append)  # as by a loop that had seen it open still
    await asyncio.sleep(0.01)
    assert [str(each) for each in told] == ["The store is closed."]
    with pytest.raises(StoreUnavailableError, match="closed"):
        lane.submit(accepted(3), 5, told.append)


def test_what_is_no_lock_is_not_waited_for(database: Database) -> None:
    class Broken:
        in_transaction = False

        def execute(self, _: str) -> None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    of_the_writer = database._writer._commits._transactions
    driver, of_the_writer._driver = of_the_writer._driver, cast("sqlite3.Connection", Broken())
    with Stopwatch() as took, pytest.raises(StoreUnavailableError, match="disk I/O error"):
        asyncio.run(database.append(accepted(1), 30))
    assert took.seconds < 1
    of_the_writer._driver = driver


def test_loops_take_turns(database: Database, path: Path) -> None:
    failures: list[BaseException] = []

    def run(first: int) -> None:
        async def send() -> None:
            for number in range(first, first + 100):
                await database.append(accepted(number), 30)

        try:
            asyncio.run(send())
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run, args=(1_000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert look(path, "SELECT count(*), max(id) FROM deliveries") == [(400, 400)]


@pytest.mark.parametrize("count", [1, 50])
async def test_nothing_of_a_batch_is_left_to_the_garbage_collector(
    database: Database, count: int
) -> None:
    gc.collect()
    gc.disable()
    try:
        await asyncio.gather(*(database.append(accepted(n), 30) for n in range(count)))
        patience = Patience()
        while any(isinstance(each, Submission | Sheaf) for each in gc.get_objects()):
            assert patience.lasts
            await asyncio.sleep(0.05)  # the writer may still have the last ones in its hands
    finally:
        gc.enable()
