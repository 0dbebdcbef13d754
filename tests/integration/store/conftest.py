from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.writing import transactions
from tests.stand_ins.store_processes import Child

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, with_sample=False)
    yield opened
    opened.close()


@pytest.fixture
def meets_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[object]]:
    """Waits until the writer's thread has found the store locked by another process."""
    met = threading.Event()
    is_busy = transactions.is_busy

    def note(error: sqlite3.Error) -> bool:
        if threading.current_thread().name == "store-writer":
            met.set()
        return is_busy(error)

    monkeypatch.setattr(transactions, "is_busy", note)

    async def wait() -> None:
        assert await asyncio.to_thread(met.wait, 60)

    return wait


def wait_for_any_lock(database: Database) -> None:
    """Has the writer wait for a lock however long a slow machine holds it."""
    database._writer._commits._transactions._patience_s = 60.0


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Child]]:
    """Starts a process in a role of `store_child`, or a `lock_holder`; none outlives the test."""
    said = tmp_path_factory.mktemp("children")
    children: list[Child] = []
    numbers = itertools.count()

    def run(role: str, *arguments: object) -> Child:
        program = (role,) if role == "lock_holder" else ("store_child", role)
        children.append(Child(said / f"{next(numbers)}.txt", *program, *arguments))
        return children[-1]

    yield run
    for child in children:
        child.kill()
