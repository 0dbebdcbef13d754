"""No room: refused, nothing half-stored, and normal again when there is room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from store.errors import StoreUnavailableError
from store.reader import Reader
from store.reading.deliveries import list_deliveries
from tests.stand_ins.arrivals import accepted, look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Receipt
    from tests.stand_ins.store_processes import Child

_KIB = 1 << 10


def limit_pages(database: Database, more: int) -> None:
    def work(connection: Connection) -> None:
        run = connection.exec_driver_sql
        pages = run("PRAGMA page_count").scalar_one()
        run(f"PRAGMA max_page_count = {pages + more}").close()

    database.write(work).result(30)


async def test_a_full_store_refuses_and_recovers(database: Database) -> None:
    stored: dict[int, Receipt] = {}
    refusals: dict[int, StoreUnavailableError] = {}
    limit_pages(database, 40)

    async def append(number: int) -> None:
        try:
            stored[number] = await database.append(accepted(number, padding=20 * _KIB), 30)
        except StoreUnavailableError as error:
            refusals[number] = error

    for start in range(0, 40, 4):
        await asyncio.gather(*(append(number) for number in range(start, start + 4)))

    assert stored
    assert len(refusals) > len(stored)
    assert all("full" in str(error) for error in refusals.values())
    ids = sorted(receipt.delivery_id for receipt in stored.values())
    assert look(database.path, "SELECT id FROM deliveries ORDER BY id") == ids
    reader = Reader(database.path)
    with reader.connect() as connection:
        assert [row.id for row in list_deliveries(connection)] == ids[::-1]
    reader.close()

    limit_pages(database, 10_000)
    for number in refusals:
        await append(number)

    again = [stored[number] for number in refusals]
    assert not any(receipt.duplicate for receipt in again)
    assert [receipt.delivery_id for receipt in again] == list(range(ids[-1] + 1, 41))
    assert look(database.path, "PRAGMA integrity_check") == ["ok"]


def test_work_that_does_not_fit_leaves_nothing(database: Database) -> None:
    def work(connection: Connection) -> None:
        run = connection.exec_driver_sql
        run("INSERT INTO progress (name, value) VALUES ('mine', 1)")
        run("INSERT INTO diagnoses VALUES (1, 'x', ?)", ("x" * 400 * _KIB,))

    limit_pages(database, 20)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError, match="full"):
            database.write(work).result(30)

    assert look(database.path, "SELECT name FROM progress WHERE name = 'mine'") == []
    assert asyncio.run(database.append(accepted(1), 30)).delivery_id == 1


def test_files_that_may_not_grow_are_as_good_as_a_full_disk(
    path: Path, start: Callable[..., Child]
) -> None:
    child = start("fill", path, 400 * _KIB)
    child.wait_for("closed")

    said = [line.split(maxsplit=2) for line in child.lines()]
    stored = [(int(number), int(rest)) for what, number, rest in said[:-1] if what == "stored"]
    refusals = [int(number) for what, number, _ in said[:-1] if what == "refused"]
    assert len(refusals) == 2
    assert len(stored) > 5
    # The one after the limit was raised is stored again, under the next number.
    assert [delivery_id for _, delivery_id in stored] == list(range(1, len(stored) + 1))
    assert stored[-1][0] == max(refusals) + 1
    assert look(path, "PRAGMA integrity_check") == ["ok"]
    arrivals = [accepted(number, padding=20_000) for number, _ in stored]
    identities = [arrival.facts.identity for arrival in arrivals if arrival.facts]
    assert look(path, "SELECT identity FROM deliveries ORDER BY id") == identities
