"""However events are put into batches, the records are the same, and they stay what they were."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from receiver.background import processor
from receiver.background.pace import BOUNDS, Bounds
from receiver.background.processor import Processor
from store.connections import register_connection, set_property_state
from store.database import Database
from store.processing import queue
from store.processing.queue import admit
from store.processing.reopening import reopen
from store.records import PropertyState
from store.writing import checkpoints
from store.writing.tasks import _LULL_S
from tests.conftest import wait_until
from tests.stand_ins import mixed_backlog
from tests.stand_ins.arrivals import accepted, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from receiver.actions.effects import Effect
    from store.records import Arrival

GOLDEN = Path(__file__).with_name("processed_backlog.jsonl")
AT = datetime(2026, 5, 1, tzinfo=UTC)
ROUNDS = 4
"""Parts of a backlog. Between two of them events are put back into the queue."""
SEED, COUNT = 8, 480
_OPEN = (
    "SELECT EXISTS (SELECT 1 FROM events WHERE state = 'pending')"
    " OR (SELECT max(id) FROM deliveries) > (SELECT value FROM progress WHERE name = 'admitted')"
)
_DONE = "SELECT coalesce(max(finish), 0) FROM events"


class Refreshing:
    """Refreshes the sample's connection, one day: nothing here fetches."""

    def refuse(self, connection_id: str) -> str | None:
        return None if connection_id == "conn_abc123" else "there is no source for it."

    def wake(self) -> None:
        pass


@dataclass(frozen=True)
class Way:
    """How a backlog is processed."""

    bounds: Bounds = BOUNDS
    admitted_before: int = 0
    """How many are events already when processing begins."""
    rest_after: int | None = None
    """Events after which the receiver is stopped and started again, time and again."""


def process(path: Path, way: Way) -> None:
    """Processes all that waits in a store, by a receiver or by one after the other."""
    while look(path, _OPEN) == [1]:
        database = Database(path)
        processor = Processor(database, lambda: AT, Refreshing(), bounds=way.bounds)
        try:
            enough = look(path, _DONE)[0] + (way.rest_after or 1_000_000)
            wait_until(
                lambda: look(path, _OPEN) == [0] or look(path, _DONE)[0] >= enough,  # noqa: B023
                "the backlog to be processed",
                60,
            )
        finally:
            processor.close()
            database.close()


def write(path: Path, *works: Callable[[Connection], object]) -> None:
    database = Database(path)
    for work in works:
        database.write(work).result(30)
    database.close()


def append(path: Path, arrivals: Sequence[Arrival]) -> None:
    database = Database(path)
    database.load(lambda _, write_down: write_down(arrivals)).result(30)
    database.close()


def process_all(path: Path, way: Way, seed: int, count: int) -> None:
    """A backlog in parts, with all that happens between batches in the life of a store."""
    arrivals = mixed_backlog.arrive(seed, count)
    write(path, lambda c: set_property_state(c, "conn_abc123", "prop_002", PropertyState.LINKED))
    size = count // ROUNDS
    for number in range(ROUNDS):
        append(path, arrivals[number * size : (number + 1) * size])
        # What was put back waits together with what is new: it is older, so it goes first.
        write(path, *put_back(number))
        damage(path, number, size)
        write(path, lambda c: admit(c, way.admitted_before))
        process(path, way)
    assert look(path, "SELECT count(*) FROM deliveries")[0] > count - size


def put_back(number: int) -> Iterator[Callable[[Connection], object]]:
    """What a person does before a part is processed."""
    if number == 1:
        yield lambda c: register_connection(c, mixed_backlog.UNREGISTERED, "New")
        for unlinked in (mixed_backlog.UNLINKED, "prop_001"):
            yield lambda c, each=unlinked: set_property_state(  # type: ignore[misc]
                c, mixed_backlog.UNREGISTERED, each, PropertyState.LINKED
            )
    if number:
        yield _reopen_some


def _reopen_some(connection: Connection) -> None:
    (last,) = connection.exec_driver_sql("SELECT max(id) FROM events").one()
    for event_id in range(1, last + 1, 4):
        reopen(connection, event_id, force=event_id % 8 == 1)


def damage(path: Path, number: int, size: int) -> None:
    """Poisons events of a part before they are processed, and takes the body of an old one."""
    first = number * size
    poisons: list[tuple[str, tuple[Any, ...]]] = [
        ("UPDATE deliveries SET body_sha256 = ? WHERE id = ?", (bytes(32), first + 7)),
        (
            "UPDATE deliveries SET body = ?, body_sha256 = ? WHERE id = ?",
            (b"[]", hashlib.sha256(b"[]").digest(), first + 12),
        ),
        ("DELETE FROM deliveries WHERE id = ?", (first - 19,)),
    ]
    if number == 0:
        poisons = [(_REFUSE, ())]
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, values in poisons:
            connection.execute(statement, values)


_REFUSE = (
    "CREATE TRIGGER refuse BEFORE INSERT ON units WHEN new.unit_id ="
    f" '{mixed_backlog.UNWRITABLE}' BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
)


def rows_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table that processing may touch."""
    tables = look(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for table in tables:
            if not table.startswith(("search_index", "sqlite_")):
                found = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
                yield from ((table, row) for row in sorted(found, key=repr))


def tell(path: Path) -> str:
    """The rows that processing made, as lines of JSON that a person can read."""
    lines = [
        f"{_write({'table': table} | row)}\n"
        for table, row in rows_of(path)
        if table not in ("deliveries", "progress")
    ]
    return "".join(lines)


def _write(row: dict[str, Any]) -> str:
    said = {name: value for name, value in row.items() if value is not None and name != "identity"}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def test_a_backlog_becomes_the_records_that_it_always_became(tmp_path: Path) -> None:
    """Where the outcome is to change: delete the file, run this twice, and read the difference."""
    path = tmp_path / "store.db"
    process_all(path, Way(), seed=4, count=180)
    found = tell(path)
    if not GOLDEN.exists():
        GOLDEN.write_text(found, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} was not there; it was written anew")
    assert found.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


_LONG = 3_600.0
WAYS = {
    "one by one": Way(Bounds(events=1, events_in_burst=1)),
    "seven at once": Way(Bounds(events=7, events_in_burst=7)),
    "many at once": Way(Bounds(seconds=_LONG, seconds_in_burst=_LONG)),
    "cut short by the clock": Way(Bounds(seconds=0, seconds_in_burst=0)),
    "admitted long before": Way(Bounds(events=7), admitted_before=20),
    "by one receiver after the other": Way(Bounds(events=7, events_in_burst=5), rest_after=30),
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a store whose backlog was processed by the bounds that are in force."""
    path = tmp_path_factory.mktemp("usual") / "store.db"
    process_all(path, Way(), SEED, COUNT)
    return list(rows_of(path))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_size_of_batches_changes_nothing(
    tmp_path: Path, usual: list[tuple[str, dict[str, Any]]], way: Way
) -> None:
    path = tmp_path / "store.db"
    process_all(path, way, SEED, COUNT)
    assert list(rows_of(path)) == usual


def test_the_size_of_bodies_changes_nothing(
    tmp_path: Path, usual: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_MOST_BYTES", 3_000)
    path = tmp_path / "store.db"
    process_all(path, Way(), SEED, COUNT)
    assert list(rows_of(path)) == usual


async def test_a_delivery_does_not_wait_for_the_whole_of_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of a backlog takes as long as it may, unless somebody waits for its end."""
    path = tmp_path / "store.db"
    append(path, [accepted(number) for number in range(400)])
    process_one = processor._process_one
    begun = threading.Event()

    def process_slowly(*parts: Any) -> Effect:
        begun.set()
        time.sleep(0.02)
        return process_one(*parts)

    monkeypatch.setattr(processor, "_process_one", process_slowly)
    database = Database(path)
    await asyncio.sleep(2 * _LULL_S)
    working = Processor(database, lambda: AT, Refreshing(), bounds=Bounds(seconds=_LONG))
    monkeypatch.setattr(working._pace, "_event_s", 0.0)
    assert await asyncio.to_thread(begun.wait, 5)
    began = time.monotonic()
    receipt = await database.append(accepted(1_000), 5)
    waited = time.monotonic() - began
    done = look(path, _DONE)[0]
    await asyncio.to_thread(working.close)
    database.close()
    assert receipt.delivery_id == 401
    assert 8 <= done < 100
    assert waited < 4, "all of it takes 8 s"


def test_what_the_power_took_is_processed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processing does not wait for the disk: of its transactions the last may be missing."""
    monkeypatch.setattr(checkpoints, "_IDLE_S", 60.0)  # what was moved is on disk
    path = tmp_path / "store.db"
    append(path, mixed_backlog.arrive(SEED, 120))
    database = Database(path)
    processor = Processor(database, lambda: AT, Refreshing(), bounds=Bounds(7, 7))
    wait_until(lambda: look(path, _OPEN) == [0], "the backlog to be processed", 60)
    for name in ("store.db", "store.db-wal"):
        # By another process: SQLite's locks end when this one closes the file.
        subprocess.run(["cp", str(tmp_path / name), str(tmp_path / f"lost-{name}")], check=True)
    processor.close()
    database.close()

    frames = (tmp_path / "lost-store.db-wal").stat().st_size // _FRAME
    assert frames > 30
    for number, kept in enumerate(range(0, frames, frames // 6)):
        copy = tmp_path / f"{number}.db"
        shutil.copy(tmp_path / "lost-store.db", copy)
        log = (tmp_path / "lost-store.db-wal").read_bytes()
        copy.with_name(f"{copy.name}-wal").write_bytes(log[: _LOG_HEADER + kept * _FRAME])
        assert look(copy, _OPEN) == [1]
        process(copy, Way())
        assert list(rows_of(copy)) == list(rows_of(path))


_LOG_HEADER, _FRAME = 32, 24 + 4_096
