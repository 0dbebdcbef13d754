"""One receiver a store; the lock never outlives its holder."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreInUseError, StoreRefusedError
from store.reader import Reader
from store.safekeeping.lock import StoreLock
from tests.stand_ins.arrivals import accepted
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stand_ins.store_processes import Child


def test_a_second_receiver_is_told_who_holds_the_store(
    path: Path, start: Callable[..., Child]
) -> None:
    holder = start("hold_open", path)
    holder.wait_for("ready")
    before = path.read_bytes()

    with (
        Stopwatch() as took,
        pytest.raises(StoreInUseError, match=rf"process {holder.pid}\D") as refusal,
    ):
        Database(path)

    assert took.seconds < 1
    assert "only look" in str(refusal.value)
    assert path.read_bytes() == before
    # Looking is allowed, and the first goes on undisturbed.
    Reader(path).close()
    assert holder.finish() == 0
    assert holder.lines()[-1] == "closed"
    Database(path).close()


def test_the_first_is_named_to_a_second_process(
    database: Database, start: Callable[..., Child]
) -> None:
    line = start("hold_open", database.path).wait_for("StoreInUseError")

    assert f"(process {os.getpid()})" in line
    assert asyncio.run(database.append(accepted(1), 30)).delivery_id == 1


def test_the_same_process_cannot_open_it_twice_either(database: Database) -> None:
    with pytest.raises(StoreInUseError, match=f"process {os.getpid()}"):
        Database(database.path)

    assert asyncio.run(database.append(accepted(1), 30)).delivery_id == 1


def test_the_lock_of_a_killed_holder_is_free_at_once(
    path: Path, start: Callable[..., Child]
) -> None:
    holder = start("hold_open", path)
    holder.wait_for("ready")
    holder.kill()

    database = Database(path)

    assert path.with_name("store.db.lock").read_text() == str(os.getpid())
    database.close()


@pytest.mark.parametrize("name", ["link.db", "folder/../store.db"])
def test_another_name_of_the_same_file_is_the_same_store(database: Database, name: str) -> None:
    folder = database.path.parent
    (folder / "folder").mkdir()
    (folder / "link.db").symlink_to(database.path)

    with pytest.raises(StoreInUseError):
        Database(folder / name)


def test_a_refused_opening_releases_the_lock(path: Path, start: Callable[..., Child]) -> None:
    start("lock_holder", path).wait_for("ready")  # a new file that cannot be written
    with pytest.raises(StoreRefusedError, match="locked"):
        Database(path)

    StoreLock(path).release()


def test_a_store_that_was_made_while_we_were_looking_is_used_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_it_first(store: Path) -> StoreLock:
        monkeypatch.undo()
        other = Database(store, with_sample=False)
        asyncio.run(other.append(accepted(1), 30))
        other.close()
        return StoreLock(store)

    monkeypatch.setattr("store.database.StoreLock", make_it_first)
    database = Database(path)

    assert asyncio.run(database.append(accepted(1), 30)).event_id == 1
    database.close()


def test_two_that_start_at_once_on_a_new_store_are_one(
    path: Path, start: Callable[..., Child]
) -> None:
    children = [start("hold_open", path) for _ in range(3)]
    first_words = sorted(child.wait_for("").split()[0] for child in children)

    assert first_words == ["StoreInUseError", "StoreInUseError", "ready"]
