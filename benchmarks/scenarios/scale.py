"""Whether a store of hundreds of thousands of deliveries is as quick as one of a thousand."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.big_store import CONNECTIONS, RARE, make_processed
from benchmarks.contenders import contender, store_of
from benchmarks.figures import OURS, Measurement, percentile
from benchmarks.machine import on_core
from benchmarks.scenarios.screen import SCREEN, open_screen
from benchmarks.servers import running
from benchmarks.store_watch import watching
from receiver.route import WEBHOOK_PATH
from store.deliveries import count_repeats, get_deliveries, newest_id, older_ids
from store.filters import Filters
from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.setting import Setting
    from store.reader import Connection

SMALL = 1_000
_WINDOW = 48
"""Rows in view on a large terminal."""
_TIMES = 40
_ADDED = 5_000
FILTERS = {
    "filter_state_ms": Filters(state="failed"),
    "filter_connection_ms": Filters(connection_id=f"conn_{CONNECTIONS // 2:03d}"),
    "filter_unit_ms": Filters(unit_id="unit_000500"),
    "search_ms": Filters(search=RARE),
    "search_nothing_ms": Filters(search="nobody ever wrote this"),
}


def measure_scale(setting: Setting) -> Iterator[Measurement]:
    """A small store and a large one: looking at them, and one delivery more."""
    for count in (SMALL, setting.effort.large):
        case = f"{count:,} deliveries"
        with setting.new_folder() as folder:
            with on_core(setting.cores.server):
                make_processed(
                    store_of(folder), count, lambda words: setting.say(f"scale: {words}")
                )
                values = _look(store_of(folder))
            values |= _grow(setting, folder)
            yield Measurement("scale", OURS, case, values)
            with open_screen(setting, folder) as (terminal, server):
                # Ids of older rows follow once it is drawn; a small store has none.
                time.sleep(1 + count / 200_000)
                terminal.forget()
                memory = {"memory_mb": server.memory_mb()}
            yield Measurement("scale", SCREEN, case, memory)


def _look(path: Path) -> dict[str, float]:
    values = {"open_ms": _typical(lambda: _open(path))}
    reader = Reader(path)
    try:
        with reader.connect() as connection:
            newest = newest_id(connection)
            values["page_ms"] = _typical(lambda: _page(connection, newest))
            for name, filters in FILTERS.items():
                values[name] = _typical(partial(_filter, connection, filters))
    finally:
        reader.close()
    return values


def _typical(work: Callable[[], object]) -> float:
    """Milliseconds that some work takes: the median, once whatever it needs is in memory."""
    took = []
    for _ in range(_TIMES + 1):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return 1000 * percentile(sorted(took[1:]), 0.5)


def _open(path: Path) -> None:
    reader = Reader(path)
    try:
        with reader.connect() as connection:
            get_deliveries(connection, older_ids(connection, None, limit=_WINDOW))
    finally:
        reader.close()


def _page(connection: Connection, newest: int) -> None:
    first = random.randint(1, newest - _WINDOW)
    ids = range(first, first + _WINDOW)
    get_deliveries(connection, ids)
    count_repeats(connection, ids)


def _filter(connection: Connection, filters: Filters) -> None:
    get_deliveries(connection, older_ids(connection, None, filters, limit=_WINDOW))


def _grow(setting: Setting, folder: Path) -> dict[str, float]:
    """Microseconds for a delivery more, from acknowledged to processed."""
    with running(contender(OURS), folder, setting.cores.server) as server:
        job = setting.job(server.port, WEBHOOK_PATH, 64, 60, most=_ADDED)
        outcome = setting.call(job)
        with watching(store_of(folder)) as watch:
            drained = watch.wait_until_processed()
    return {
        "delivery_us": 1e6 * (outcome.seconds + drained) / outcome.answers,
        "acknowledge_us": 1e6 * outcome.seconds / outcome.answers,
    }
