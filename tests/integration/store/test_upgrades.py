"""A store of an older schema is brought up to date at the next start, with all that it holds."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.database import Database
from store.structure.schema import SCHEMA_VERSION
from tests.stand_ins.arrivals import accepted, look

_OLD = Path(__file__).with_name("schema_1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_OLD.read_text())
    return path


def test_an_older_store_gets_the_schema_of_a_new_one(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    for path in (old, new):
        Database(path).close()

    assert look(old, "PRAGMA user_version") == [SCHEMA_VERSION]
    assert _schema(old) == _schema(new)


def test_what_it_holds_is_still_there(old: Path) -> None:
    database = Database(old)
    receipt = asyncio.run(database.append(accepted(2), 30))
    database.close()

    assert look(old, "SELECT id FROM deliveries ORDER BY id") == [1, 2, 3, 4, 5]
    assert look(old, "SELECT id FROM events ORDER BY id") == [1, 2]
    assert (receipt.delivery_id, receipt.event_id, receipt.duplicate) == (5, 2, True)


def _schema(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Every table with its columns, and every index and trigger with its statement."""
    with closing(sqlite3.connect(path)) as connection:
        found: dict[str, set[tuple[object, ...]]] = {}
        for kind, name, sql in connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        ).fetchall():
            if kind == "table":
                # An added column stands last, so its place says nothing.
                columns = connection.execute(f"PRAGMA table_xinfo('{name}')").fetchall()
                found[name] = {tuple(column[1:]) for column in columns}
            else:
                found[name] = {(kind, " ".join(str(sql).split()))}
        return found
