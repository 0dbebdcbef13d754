"""A receipt means that the delivery is on disk, and many share one commit."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from store.database import Database
from store.errors import StoreUnavailableError
from store.records import Receipt
from store.writing.inbox import Inbox
from tests.stand_ins.arrivals import accepted, look, refused
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.records import Arrival


_FULL = 2


def ask(database: Database, pragma: str) -> object:
    """On the one connection that writes."""
    return database.write(
        lambda connection: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
    ).result(30)


def watch_commits(database: Database) -> list[str]:
    commits: list[str] = []

    def note(statement: str) -> None:
        if statement.startswith("COMMIT"):
            commits.append(statement)

    def work(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver
        driver.set_trace_callback(note)

    database.write(work).result(30)
    commits.clear()
    return commits


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("wal_autocheckpoint", 0), ("foreign_keys", 1)],
)
def test_the_connection_that_writes_keeps_its_promises(
    database: Database, pragma: str, value: object
) -> None:
    assert ask(database, pragma) == value


async def test_all_but_what_nobody_waits_for_waits_for_the_disk(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(connection: Connection) -> bool:
        return bool(connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == _FULL)

    arrivals: list[bool] = []
    append = Inbox.append

    def note(self: Inbox, connection: Connection, *args: Any) -> list[Receipt]:
        arrivals.append(waits(connection))
        return append(self, connection, *args)

    monkeypatch.setattr(Inbox, "append", note)
    told = []
    for number, patient in enumerate((True, False, True, True)):
        told.append(database.write(waits, patient=patient).result(30))
        await database.append(accepted(number), 30)

    assert told == [False, True, False, False]
    assert arrivals == [True] * 4


def test_they_hold_for_a_store_that_is_opened_again(path: Path) -> None:
    Database(path).close()
    again = Database(path)

    assert (ask(again, "synchronous"), ask(again, "journal_mode")) == (2, "wal")
    again.close()


async def test_every_receipt_is_on_disk_when_it_is_given(database: Database) -> None:
    with closing(sqlite3.connect(f"file:{database.path}?mode=ro", uri=True)) as other:

        async def client(number: int) -> None:
            arrival = accepted(number) if number % 3 else refused(number)
            receipt = await database.append(arrival, 30)
            statement = "SELECT event_id, body, headers FROM deliveries WHERE id = ?"
            row = other.execute(statement, (receipt.delivery_id,)).fetchone()
            assert row, receipt
            assert row[:2] == (receipt.event_id, arrival.body)

        for start in range(0, 300, 60):
            await asyncio.gather(*(client(number) for number in range(start, start + 60)))


async def test_arrivals_during_a_commit_share_the_next(database: Database) -> None:
    commits = watch_commits(database)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [asyncio.ensure_future(database.append(accepted(n), 30)) for n in range(200)]
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
    receipts = await asyncio.gather(*waiting)

    # The first may have gone alone, all that came meanwhile went together.
    assert len(commits) <= 2
    assert [receipt.delivery_id for receipt in receipts] == list(range(1, 201))


async def test_one_alone_does_not_wait_for_company(database: Database) -> None:
    commits = watch_commits(database)

    for number in range(20):
        await database.append(accepted(number), 30)

    assert len(commits) >= 20


async def test_a_batch_is_bounded(database: Database) -> None:
    commits = watch_commits(database)

    await asyncio.gather(*(database.append(accepted(number), 30) for number in range(1_500)))

    assert 1_500 / 256 <= len(commits) < 100


async def test_too_many_waiting_are_refused_at_once(database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [
            asyncio.ensure_future(database.append(accepted(n, padding=1 << 20), 30))
            for n in range(80)
        ]
        done, _ = await asyncio.wait(waiting, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        other.execute("ROLLBACK")
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert done
    refusals = [result for result in results if isinstance(result, StoreUnavailableError)]
    assert all("more waiting" in str(refusal) for refusal in refusals)
    assert 5 < len(refusals) < 20
    assert look(database.path, "SELECT count(*) FROM deliveries") == [80 - len(refusals)]


async def test_a_caller_that_goes_away_does_not_disturb_the_others(database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [asyncio.ensure_future(database.append(accepted(n), 30)) for n in range(10)]
        await asyncio.sleep(0)
        for gone in waiting[::2]:
            gone.cancel()
        other.execute("ROLLBACK")
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [isinstance(result, Receipt) for result in results] == [False, True] * 5
    # The client went, the event did not: it was received whole.
    assert look(database.path, "SELECT count(*) FROM deliveries") == [10]


def test_a_loop_that_was_closed_does_not_disturb_the_writer(database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        loop = asyncio.new_event_loop()
        task = loop.create_task(database.append(accepted(1), 30))
        loop.run_until_complete(asyncio.sleep(0))
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()
        other.execute("ROLLBACK")

    receipt = asyncio.run(database.append(accepted(2), 30))

    assert receipt.delivery_id == 2


def test_several_loops_are_answered_each_on_its_own(database: Database) -> None:
    receipts: list[Receipt] = []

    def client(first: int) -> None:
        async def run() -> None:
            arrivals = [accepted(number) for number in range(first, first + 50)]
            receipts.extend(await asyncio.gather(*(database.append(a, 30) for a in arrivals)))

        asyncio.run(run())

    threads = [threading.Thread(target=client, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(receipt.delivery_id for receipt in receipts) == list(range(1, 201))


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_each_commit_flushes_the_log_to_the_disk(path: Path, tmp_path: Path) -> None:
    report = tmp_path / "strace"
    command = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync", "-o", str(report)]
    command += [sys.executable, "-m", "tests.stand_ins.store_child", "append_some", str(path), "30"]
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True, timeout=120)

    flushes = re.findall(r"(?:fdatasync|fsync)\(\d+<.*store\.db-wal>\)\s+= 0", report.read_text())

    assert len(flushes) >= 30


async def test_answer_times_are_written_with_the_next_batch_or_when_it_is_quiet(
    database: Database,
) -> None:
    first = await database.append(accepted(1), 30)
    database.note_answer(first.delivery_id, 1.5)
    times = "SELECT delivery_id, ms FROM acknowledgements ORDER BY delivery_id"
    wait_until(lambda: look(database.path, times) == [(1, 1.5)], "the answer's time")


def test_what_a_closed_store_is_asked_for_is_refused(path: Path) -> None:
    database = Database(path)
    database.close()
    database.close()  # closing twice is harmless

    with pytest.raises(StoreUnavailableError, match="closed"):
        asyncio.run(database.append(accepted(1), 30))
    with pytest.raises(StoreUnavailableError, match="closed"):
        database.write(lambda _: None)


def test_closing_writes_all_that_was_queued(path: Path) -> None:
    database = Database(path)
    results: list[Receipt | BaseException] = []
    queued = threading.Event()

    def client() -> None:
        async def run() -> None:
            arrivals: list[Arrival] = [accepted(number) for number in range(600)]
            tasks = [asyncio.ensure_future(database.append(a, 30)) for a in arrivals]
            await asyncio.sleep(0)
            queued.set()
            results.extend(await asyncio.gather(*tasks, return_exceptions=True))

        asyncio.run(run())

    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        # Nothing of it can be written before the store is told to close.
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=client)
        thread.start()
        assert queued.wait(60)
        work = [database.write(_count_deliveries) for _ in range(3)]
        release = threading.Timer(0.05, other.execute, ("ROLLBACK",))
        release.start()
        database.close()
        release.join()
    thread.join(60)

    assert [getattr(result, "delivery_id", result) for result in results] == list(range(1, 601))
    assert all(0 <= future.result(0) <= 600 for future in work)
    assert look(path, "SELECT count(*) FROM deliveries") == [600]


def _count_deliveries(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar_one())


def test_a_closed_store_is_one_file_that_is_complete(path: Path, tmp_path: Path) -> None:
    database = Database(path)
    asyncio.run(database.append(accepted(1), 30))
    database.close()

    assert not path.with_name("store.db-wal").exists()
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    assert look(copy, "SELECT id FROM deliveries") == [1]


def test_a_writer_that_breaks_refuses_instead_of_keeping_its_callers_waiting(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(path)
    pull_the_rug: Callable[[Connection], None] = lambda connection: connection.close()  # noqa: E731
    with pytest.raises(StoreUnavailableError, match="no transaction"):
        database.write(pull_the_rug).result(30)

    # It finds out when it wants to empty the log.
    wait_until(lambda: "mistake of ours" in caplog.text, "the writer's end")

    with Stopwatch() as took:
        with pytest.raises(StoreUnavailableError, match="closed"):
            asyncio.run(database.append(accepted(1), 10))
        with pytest.raises(StoreUnavailableError, match="closed"):
            database.write(lambda _: None)
    assert took.seconds < 1
    database.close()
    assert look(path, "SELECT count(*) FROM deliveries") == [0]


async def test_whoever_follows_is_told_of_every_commit(database: Database) -> None:
    told = threading.Event()
    database.on_commit(told.set)

    await database.append(accepted(1), 30)
    wait_until(told.is_set, "told of an arrival")
    told.clear()
    await asyncio.wrap_future(database.write(lambda _: None))
    wait_until(told.is_set, "told of other work")
    told.clear()
    database.note_answer(1, 3.5)
    wait_until(told.is_set, "told of what is written when it is quiet")
    assert look(database.path, "SELECT ms FROM acknowledgements") == [3.5]
