"""Room in the write-ahead log costs nothing that was acknowledged, and is made where it helps."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.writing import checkpoints, room
from tests.stand_ins.arrivals import accepted, look
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

_MIB = 1 << 20


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_BOUND_BYTES", 4 * _MIB)
    monkeypatch.setattr(checkpoints, "_ROOM_BYTES", 4 * _MIB)
    monkeypatch.setattr(checkpoints, "_ROOMY_BYTES", 200_000)


def log_size(path: Path) -> int:
    return path.with_name("store.db-wal").stat().st_size


async def append(database: Database, first: int, count: int) -> None:
    for number in range(first, first + count):
        await database.append(accepted(number), 5)


def as_after_a_crash(path: Path) -> list[int]:
    """The deliveries that another process finds in what is on the disk now."""
    copy = path.with_name("copy.db")
    for end in ("", "-wal"):
        # By another process: SQLite's locks end when this one closes the file.
        subprocess.run(["cp", f"{path}{end}", f"{copy}{end}"], check=True)
    assert look(copy, "PRAGMA integrity_check") == ["ok"]
    return look(copy, "SELECT id FROM deliveries ORDER BY id")


async def test_a_log_that_grows_is_given_its_size_at_once(database: Database) -> None:
    await append(database, 0, 100)
    wait_until(lambda: log_size(database.path) >= 4 * _MIB, "room")
    assert as_after_a_crash(database.path) == list(range(1, 101))

    size = log_size(database.path)
    await append(database, 100, 100)

    assert log_size(database.path) == size
    assert as_after_a_crash(database.path) == list(range(1, 201))


async def test_it_is_given_more_before_it_is_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_ROOM_BYTES", _MIB)
    await append(database, 0, 50)
    sizes = []
    for start in range(50, 650, 50):
        await append(database, start, 50)
        await asyncio.sleep(0.05)
        sizes.append(log_size(database.path))
    # Of 4 MiB some 3 are in use, and it never had to be made larger by a commit.
    assert {size % _MIB for size in sizes} == {0}
    assert sizes[0] < 3 * _MIB
    assert sizes[-1] >= 4 * _MIB


async def test_one_that_is_seldom_written_is_not(database: Database) -> None:
    await append(database, 0, 5)
    await asyncio.sleep(0.3)
    assert log_size(database.path) < _MIB


async def test_where_many_come_together_it_grows_by_itself(database: Database) -> None:
    for start in range(0, 1_500, 50):
        await asyncio.gather(*(append(database, number, 1) for number in range(start, start + 50)))
    await asyncio.sleep(0.3)
    assert 600_000 < log_size(database.path) < 4 * _MIB

    await append(database, 2_000, 20)
    wait_until(lambda: log_size(database.path) == 4 * _MIB, "room for those that come alone")


async def test_one_that_was_cut_off_is_given_it_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_KEPT_BYTES", 2 * _MIB)
    await append(database, 0, 100)
    wait_until(lambda: log_size(database.path) >= 4 * _MIB, "room")
    wait_until(lambda: log_size(database.path) == 0, "a file that was cut off")

    await append(database, 100, 100)

    wait_until(lambda: log_size(database.path) >= 4 * _MIB, "room")
    assert as_after_a_crash(database.path) == list(range(1, 201))


async def test_a_full_disk_is_left_to_what_is_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_FREE_BYTES", 1 << 60)
    await append(database, 0, 100)
    await asyncio.sleep(0.3)
    assert log_size(database.path) < 2 * _MIB


async def test_it_is_made_while_nobody_else_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_PATIENCE_S", 0.1)
    with closing(Database(path)):
        before = log_size(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            room.make_room(path, 4 * _MIB, lambda: True)
            assert log_size(path) == before
            other.execute("ROLLBACK")
        room.make_room(path, 4 * _MIB, lambda: True)
        assert log_size(path) >= 4 * _MIB


async def test_nothing_is_lost_of_what_is_written_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Always at the end of what is there, which the commits reach all the time.
    monkeypatch.setattr(room, "_PIECE", bytes(4_096))
    database = Database(path)
    ended = False
    making = asyncio.ensure_future(
        asyncio.to_thread(room.make_room, path, 1 << 40, lambda: not ended)
    )
    number, until = 0, time.monotonic() + 1.5
    while time.monotonic() < until:
        await append(database, number, 1)
        number += 1
    ended = True
    await making
    assert as_after_a_crash(path) == list(range(1, number + 1))
    database.close()
    assert look(path, "SELECT count(*) FROM deliveries") == [number]


async def test_the_end_of_the_store_is_not_held_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_BOUND_BYTES", "_ROOM_BYTES"):
        monkeypatch.setattr(checkpoints, name, 1 << 30)
    monkeypatch.setattr(room, "_PIECE", bytes(4_096))
    database = Database(path)
    await append(database, 0, 100)
    wait_until(lambda: log_size(path) > 2 * _MIB, "room")
    began = time.monotonic()
    database.close()
    assert time.monotonic() - began < 5
