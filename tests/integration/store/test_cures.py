"""What a store that cannot be used says is told with what to do about it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreRefusedError, StoreUnavailableError
from store.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    Database(path).close()
    return path


def test_a_lock_of_another_program_is_told_while_writing(path: Path) -> None:
    database = Database(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            written = database.write(
                lambda connection: connection.exec_driver_sql("DELETE FROM events")
            )
            with pytest.raises(StoreUnavailableError, match="End the program that has it locked"):
                written.result(10)
    finally:
        database.close()


def test_a_lock_of_another_program_is_told_while_opening(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreRefusedError, match="End the program that has it locked"):
            Reader(path)
