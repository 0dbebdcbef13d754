"""The files are moved, deleted or replaced under a running store: refused, never lost silently."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreUnavailableError
from store.safekeeping.files import LATELY_S
from tests.integration.store.conftest import wait_for_any_lock
from tests.stand_ins.arrivals import accepted, look

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.stand_ins.store_processes import Child


def append(database: Database, number: int) -> int:
    return asyncio.run(database.append(accepted(number), 30)).delivery_id


def deleted(path: Path) -> None:
    path.unlink()


def deleted_with_all_that_belongs_to_it(path: Path) -> None:
    for file in path.parent.glob("store.db*"):
        file.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def moved_with_its_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def replaced_by_a_copy(path: Path) -> None:
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    copy.rename(path)


def replaced_by_another_store(path: Path) -> None:
    Database(path.with_name("new.db")).close()
    path.with_name("new.db").rename(path)


def without_its_log(path: Path) -> None:
    path.with_name("store.db-wal").unlink()


@pytest.mark.parametrize(
    "happen",
    [
        deleted,
        deleted_with_all_that_belongs_to_it,
        moved,
        moved_with_its_folder,
        replaced_by_a_copy,
        replaced_by_another_store,
        without_its_log,
    ],
)
def test_nothing_more_is_acknowledged(tmp_path: Path, happen: Callable[[Path], None]) -> None:
    path = tmp_path / "folder" / "store.db"
    path.parent.mkdir()
    database = Database(path)
    append(database, 1)
    time.sleep(2 * LATELY_S)

    happen(path)

    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="moved or deleted") as refusal:
            append(database, 2)
        assert str(path) in str(refusal.value)
    with pytest.raises(StoreUnavailableError, match="moved or deleted"):
        database.write(lambda _: None).result(30)
    database.close()


def test_a_file_that_is_put_back_is_used_again(path: Path) -> None:
    database = Database(path)
    append(database, 1)
    time.sleep(2 * LATELY_S)
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(StoreUnavailableError):
        append(database, 2)

    path.with_name("elsewhere.db").rename(path)

    assert append(database, 2) == 2
    database.close()
    assert look(path, "SELECT id FROM deliveries") == [1, 2]


async def test_it_is_noticed_even_when_it_happens_while_a_commit_waits(
    database: Database, start: Callable[..., Child], meets_lock: Callable[[], Awaitable[object]]
) -> None:
    path = database.path
    wait_for_any_lock(database)
    holder = start("lock_holder", path)
    holder.wait_for("ready")
    waiting = asyncio.ensure_future(database.append(accepted(1), 30))
    await meets_lock()  # so it has looked at the file
    path.rename(path.with_name("elsewhere.db"))
    await asyncio.sleep(2 * LATELY_S)
    holder.finish()

    with pytest.raises(StoreUnavailableError, match="moved or deleted"):
        await waiting

    # What was written there is there, so it is a duplicate once the file is back.
    path.with_name("elsewhere.db").rename(path)
    receipt = await database.append(accepted(1), 30)
    assert (receipt.delivery_id, receipt.event_id) == (2, 1)
    assert look(path, "SELECT id FROM deliveries") == [1, 2]


def test_another_working_folder_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path)
    database = Database(Path("store.db"))
    monkeypatch.chdir(tmp_path / "inside")

    assert append(database, 1) == 1
    database.close()
    assert [file.name for file in (tmp_path / "inside").iterdir()] == []
