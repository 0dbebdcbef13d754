"""The full-text index is brought up to date in the background, and a search never waits for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from store.reading.deliveries import list_deliveries
from store.reading.filters import Filters
from store.reading.search import read_search_progress
from tests.conftest import wait_until
from tests.stand_ins.arrivals import look

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings
    from tests.conftest import Bench

_PING = {"event": "test.ping", "timestamp": "2026-03-25T14:30:00Z"}
_OLD = Path(__file__).parents[1] / "store" / "schema_1.sql"


def indexed(bench: Bench) -> bool:
    progress = bench.read(read_search_progress)
    return progress.behind == 0 and progress.newest > 0


def test_what_is_delivered_is_found_at_once_and_indexed_soon(bench: Bench) -> None:
    bench.post(_PING | {"note": "needle one"})

    found = bench.read(list_deliveries, Filters(search="NEEDLE"))
    assert [each.id for each in found] == [1]

    wait_until(lambda: indexed(bench), "the index is up to date")
    found = bench.read(list_deliveries, Filters(search="needle"))
    assert [each.id for each in found] == [1]
    assert look(bench.settings.db, "SELECT count(*) FROM search_index('nee')") == [1]

    bench.post(_PING | {"note": "needle two"})
    wait_until(lambda: bench.read(read_search_progress).indexed == 2, "it is indexed again")


def test_a_store_of_an_older_schema_is_indexed_after_it_was_opened(
    settings: Settings, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> None:
    with closing(sqlite3.connect(settings.db)) as connection:
        connection.executescript(_OLD.read_text())
    with open_bench() as bench:
        wait_until(lambda: indexed(bench), "the index is up to date")
        assert look(settings.db, "SELECT count(*) FROM search_index('dat')")[0] > 0
