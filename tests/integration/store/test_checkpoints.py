"""The write-ahead log stays small, and nobody waits for that."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine

from store.database import Database
from store.writing import checkpoints, log_use, tasks
from tests.stand_ins.arrivals import accepted, look
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import Patience, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

_MIB = 1 << 20


def log_size(path: Path) -> int:
    return path.with_name("store.db-wal").stat().st_size


async def append(database: Database, first: int, count: int) -> None:
    arrivals = (accepted(n, padding=10_000) for n in range(first, first + count))
    await asyncio.gather(*(database.append(arrival, 30) for arrival in arrivals))


async def largest_log(path: Path, count: int) -> int:
    """The size of the log at most, while so many deliveries come without a pause."""
    database = Database(path)
    largest = 0
    for start in range(0, count, 50):
        await append(database, start, 50)
        largest = max(largest, log_size(path))
    database.close()
    assert look(path, "SELECT sum(length(body)) FROM deliveries")[0] > count * 10_000
    return largest


@contextmanager
def open_snapshot(path: Path) -> Iterator[None]:
    """A reader that looks at the store as it was for as long as the block lasts."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM deliveries").fetchone()
        yield


def count_without_log(path: Path) -> int:
    """How many deliveries are in the database file alone, as it is on the disk now."""
    copy = path.with_name("copy.db")
    # By another process: SQLite's locks end when this one closes the file.
    subprocess.run(["cp", str(path), str(copy)], check=True)
    # A copy that was made while the log is being moved may be of no use.
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as alone,
    ):
        tables = alone.execute("SELECT 1 FROM sqlite_master").fetchone()
        statement = "SELECT count(*) FROM deliveries" if tables else "SELECT 0"
        return int(alone.execute(statement).fetchone()[0])
    return 0


async def test_it_is_moved_after_one_that_came_alone(database: Database) -> None:
    await asyncio.sleep(1.5)  # the writer's thread has nothing to do, and sees nothing by itself
    await database.append(accepted(1), 30)

    wait_until(lambda: count_without_log(database.path) == 1, "the log is moved")


async def test_it_is_moved_when_nothing_happens(database: Database) -> None:
    with open_snapshot(database.path):  # nothing of what follows can be moved meanwhile
        await append(database, 0, 50)
        assert count_without_log(database.path) < 50

    wait_until(lambda: count_without_log(database.path) == 50, "all in the file")


async def test_its_file_is_written_over_and_cut_off_when_it_has_grown(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_KEPT_BYTES", 8 * _MIB)
    await append(database, 0, 50)
    wait_until(lambda: count_without_log(database.path) == 50, "all in the file")
    size = log_size(database.path)
    assert size > 0

    await append(database, 100, 40)
    assert log_size(database.path) <= size

    with open_snapshot(database.path):
        await append(database, 200, 1_000)
    assert log_size(database.path) > checkpoints._KEPT_BYTES
    wait_until(lambda: log_size(database.path) == 0, "a file that was cut off")


async def test_it_is_bounded_while_there_is_no_pause(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    assert await largest_log(path, 2_000) < 8 * _MIB


async def test_it_is_bounded_though_more_is_written_than_can_be_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    monkeypatch.setattr(checkpoints, "_ROOMY_BYTES", 1 << 40)
    monkeypatch.setattr(log_use, "_ROW_BYTES", -8_500)
    monkeypatch.setattr(log_use, "_ASK_EVERY", 1 << 16)
    # What is told is a seventh of it. What was learnt is remembered: the file grows no more.
    assert await largest_log(path, 5_000) < 5 * _MIB


async def test_a_reader_in_the_way_is_left_alone_until_as_much_more_was_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    moves = []
    move_beside = checkpoints._move_beside

    def count(path: Path) -> None:
        moves.append(path)
        move_beside(path)

    monkeypatch.setattr(checkpoints, "_move_beside", count)
    database = Database(path)
    with open_snapshot(path):
        for start in range(0, 1_000, 10):
            await append(database, start, 10)
        grown = log_size(path)
    database.close()

    assert grown > 8 * _MIB
    assert len(moves) <= grown // _MIB, "once for each mebibyte at most"


async def test_it_is_bounded_though_others_leave_the_thread_no_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    move_beside = checkpoints._move_beside

    def move_late(path: Path) -> None:
        time.sleep(0.5)
        move_beside(path)

    monkeypatch.setattr(checkpoints, "_move_beside", move_late)
    assert await largest_log(path, 1_500) < 8 * _MIB


async def test_most_of_it_is_moved_beside_the_commits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    monkeypatch.setattr(checkpoints, "_TIMES", 8)
    begun, go_on, moved = threading.Event(), threading.Event(), threading.Event()
    move_beside = checkpoints._move_beside

    def move_slowly(path: Path) -> None:
        begun.set()
        go_on.wait(60)
        move_beside(path)
        moved.set()

    monkeypatch.setattr(checkpoints, "_move_beside", move_slowly)
    database = Database(path)
    await append(database, 0, 300)
    numbers = itertools.count(10_000)
    patience = Patience()
    while not begun.is_set():  # it looks at the log now and then, when something comes
        assert patience.lasts
        await append(database, next(numbers), 1)
        await asyncio.sleep(0.05)
    with Stopwatch() as took:
        for number in range(400, 420):
            await append(database, number, 1)
    assert took.seconds < 1
    assert count_without_log(path) == 0

    go_on.set()
    assert moved.wait(60)
    # The rest is moved with the next commit, and what follows is written over what was.
    await append(database, 500, 1)
    size = log_size(path)
    await append(database, 600, 200)
    assert log_size(path) == size
    database.close()


async def test_meanwhile_a_burst_goes_before_what_nobody_waits_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    monkeypatch.setattr(checkpoints, "_TIMES", 1_000)
    # Of a burst only this holds it back, and on no machine is there a pause in one.
    for name, value in (("_BURST", 1), ("_BURST_S", 0), ("_CALM_S", 60), ("_LULL_IN_BURST_S", 60)):
        monkeypatch.setattr(tasks, name, value)
    go_on = threading.Event()
    monkeypatch.setattr(checkpoints, "_move_beside", lambda _: go_on.wait(60))
    database = Database(path)
    numbers = itertools.count(0, 10)
    await append(database, next(numbers), 10)
    await asyncio.wrap_future(database.write(lambda _: None, patient=True))

    patience = Patience()
    while not database._writer._commits.checkpoints.moving:
        assert patience.lasts
        await append(database, next(numbers), 10)
    work = database.write(lambda _: None, patient=True)
    for _ in range(50):
        await append(database, next(numbers), 10)
    assert not work.done()
    await asyncio.wrap_future(database.write(lambda _: None))  # what somebody waits for is done

    go_on.set()
    while not work.done():
        assert patience.lasts
        await append(database, next(numbers), 10)
    database.close()


async def test_a_reader_delays_it_but_no_arrival(database: Database) -> None:
    await append(database, 0, 50)
    with open_snapshot(database.path):
        await append(database, 50, 50)
        grown = log_size(database.path)
        # Just when the log would be moved; SQLite itself would wait for the reader.
        await asyncio.sleep(checkpoints._IDLE_S + 0.1)
        with Stopwatch() as took:
            await append(database, 100, 1)
        assert took.seconds < 0.6
        await asyncio.sleep(checkpoints._IDLE_S + 0.3)
        assert log_size(database.path) >= grown

    # And without another write, as soon as the reader has gone.
    wait_until(lambda: count_without_log(database.path) == 101, "all in the file")


async def test_short_readers_do_not_keep_it_from_being_bounded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", _MIB)
    database = Database(path)
    for start in range(0, 2_000, 50):
        with open_snapshot(path):
            await append(database, start, 50)
        await append(database, 10_000 + start, 1)
        # One more turn of the writer: it has copied the log, and the next write begins it anew.
        await asyncio.wrap_future(database.write(lambda _: None))
        await append(database, 20_000 + start, 1)
    largest = log_size(path)
    database.close()

    # Twice what is in use when the writer waits, since a reader may be in the way that time.
    assert largest < 12 * _MIB


async def test_a_reader_does_not_keep_the_store_from_closing(path: Path) -> None:
    database = Database(path)
    await append(database, 0, 50)
    with open_snapshot(path):
        await append(database, 50, 30)
        with Stopwatch() as took:
            database.close()
        assert took.seconds < 1

    again = Database(path)
    await append(again, 60, 1)
    again.close()


@contextmanager
def own_checkpoints(path: Path) -> Iterator[tuple[checkpoints.Checkpoints, Callable[[], None]]]:
    """Those of a store that nobody else writes to, and what writes a row to it."""
    Database(path).close()
    # Without a pool, which would keep it open.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:

        def write() -> None:
            connection.exec_driver_sql("UPDATE progress SET value = value + 1")
            connection.commit()

        own = checkpoints.Checkpoints(connection, path)
        yield own, write
        own.finish()


def test_a_reader_in_the_way_is_not_tried_again_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(checkpoints, "time", SimpleNamespace(monotonic=lambda: now))
    with own_checkpoints(path) as (own, write), open_snapshot(path):
        write()
        now = checkpoints._IDLE_S
        assert own.due_in() == 0.0
        own.take()
        assert own.due_in() == checkpoints._IDLE_S


def test_what_was_bounded_is_left_alone(path: Path) -> None:
    with own_checkpoints(path) as (own, write):
        write()
        own.note_rows(checkpoints._BOUND_BYTES // log_use._ROW_BYTES + 1)
        assert own.overgrown
        own.bound(burst=False, alone=True)
        wait_until(lambda: own.overgrown, "the rest to be moved", 5)
        own.bound(burst=False, alone=True)
        assert not own.overgrown


async def test_nothing_is_left_in_it_where_somebody_still_reads(path: Path) -> None:
    database = Database(path)
    await append(database, 0, 5)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        reader.execute("SELECT count(*) FROM deliveries").fetchone()
        database.close()
        assert log_size(path) == 0
