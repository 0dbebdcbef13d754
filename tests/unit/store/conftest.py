from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.processing import finishing, queue
from store.reader import Reader
from tests.stand_ins.arrivals import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from store.processing.effects import Finish
    from store.records import Arrival, Receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, with_sample=False)
    yield opened
    opened.close()


@pytest.fixture
def reader(database: Database) -> Iterator[Reader]:
    opened = Reader(database.path)
    yield opened
    opened.close()


@pytest.fixture
def connection(reader: Reader) -> Iterator[Connection]:
    """A read-only view, as every listing is given."""
    with reader.connect() as opened:
        yield opened


@pytest.fixture
def deliver() -> Callable[..., list[Receipt]]:
    """Appends arrivals at once, as many clients would, and waits for all receipts."""

    def run(database: Database, *arrivals: Arrival) -> list[Receipt]:
        async def all_at_once() -> list[Receipt]:
            return list(
                await asyncio.gather(*(database.append(arrival, 5) for arrival in arrivals))
            )

        return asyncio.run(all_at_once())

    return run


@pytest.fixture
def admit(database: Database) -> Callable[[], int]:
    """Makes events of all that was delivered."""
    return lambda: database.write(lambda connection: queue.admit(connection, 10_000)).result(5)


@pytest.fixture
def finish(database: Database) -> Callable[[Callable[[queue.Claim], Finish]], int]:
    """Ends the processing of every event that is pending, as `how` says."""

    def run(how: Callable[[queue.Claim], Finish]) -> int:
        def batch(connection: Connection) -> int:
            queue.admit(connection, 10_000)
            claimed = queue.claim(connection, 10_000)
            finishing.finish(connection, [(claim, how(claim)) for claim in claimed], START)
            return len(claimed)

        return database.write(batch).result(5)

    return run
