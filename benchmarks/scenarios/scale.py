"""Whether a store of hundreds of thousands of deliveries is as quick as one of a thousand.

What is compared is done in turn, now to the small store and now to the large one.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks.big_store import CONNECTIONS, RARE, make_processed
from benchmarks.contenders import contender, store_of
from benchmarks.figures import OURS, Measurement, percentile
from benchmarks.machine import on_core
from benchmarks.scenarios.screen import SCREEN, open_screen
from benchmarks.servers import running
from benchmarks.store_watch import StoreWatch, watching
from receiver.arrival.route import WEBHOOK_PATH
from store.reader import Reader
from store.reading.deliveries import count_repeats, get_deliveries, newest_id, older_ids
from store.reading.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.servers import Server
    from benchmarks.setting import Setting
    from store.reader import Connection

    Look = Callable[[], object]

SMALL = 1_000
_WINDOW = 48
"""Rows in view on a large terminal."""
_TIMES = 40
_TURNS, _ADDED = 5, 1_000
"""How often deliveries are added in turn, and how many at a time."""
FILTERS = {
    "filter_state_ms": Filters(state="failed"),
    "filter_connection_ms": Filters(connection_id=f"conn_{CONNECTIONS // 2:03d}"),
    "filter_unit_ms": Filters(unit_id="unit_000500"),
    "search_ms": Filters(search=RARE),
    "search_nothing_ms": Filters(search="nobody ever wrote this"),
}


def measure_scale(setting: Setting) -> Iterator[Measurement]:
    """A small store and a large one: looking at them, and one delivery more."""
    with ExitStack() as stack:
        folders = {}
        for count in (SMALL, setting.effort.large):
            folder = stack.enter_context(setting.new_folder())
            folders[f"{count:,} deliveries"] = folder
            with on_core(setting.cores.server):
                make_processed(
                    store_of(folder), count, lambda words: setting.say(f"scale: {words}")
                )
        setting.say("scale: looking")
        with on_core(setting.cores.server):
            looked = _look({case: store_of(folder) for case, folder in folders.items()})
        setting.say("scale: adding")
        added = _add(setting, folders)
        for case, folder in folders.items():
            yield Measurement("scale", OURS, case, looked[case] | added[case])
            yield Measurement("scale", SCREEN, case, {"memory_mb": _remember(setting, folder)})


def _look(paths: dict[str, Path]) -> dict[str, dict[str, float]]:
    """Milliseconds of everything that only reads, by case and name."""
    found: dict[str, dict[str, float]] = {case: {} for case in paths}
    with ExitStack() as stack:
        looks: dict[str, dict[str, Look]] = {}
        for case, path in paths.items():
            reader = Reader(path)
            stack.callback(reader.close)
            looks[case] = _looks(path, stack.enter_context(reader.connect()))
        for name in next(iter(looks.values())):
            timed = _in_turn({case: each[name] for case, each in looks.items()})
            for case, milliseconds in timed.items():
                found[case][name] = milliseconds
    return found


def _looks(path: Path, connection: Connection) -> dict[str, Look]:
    newest = newest_id(connection)

    def look_for(filters: Filters) -> Look:
        return lambda: get_deliveries(
            connection, older_ids(connection, None, filters, limit=_WINDOW)
        )

    def look_anywhere() -> None:
        first = random.randint(1, newest - _WINDOW)
        ids = range(first, first + _WINDOW)
        get_deliveries(connection, ids)
        count_repeats(connection, ids)

    filtered = {name: look_for(filters) for name, filters in FILTERS.items()}
    return {"open_ms": lambda: _open(path), "page_ms": look_anywhere, **filtered}


def _open(path: Path) -> None:
    reader = Reader(path)
    try:
        with reader.connect() as connection:
            get_deliveries(connection, older_ids(connection, None, limit=_WINDOW))
    finally:
        reader.close()


def _in_turn(works: dict[str, Look]) -> dict[str, float]:
    """Milliseconds that each takes: the median, once whatever it needs is in memory."""
    took = defaultdict(list)
    for _ in range(_TIMES + 1):
        for case, work in works.items():
            started = time.perf_counter()
            work()
            took[case].append(time.perf_counter() - started)
    return {case: 1000 * percentile(sorted(times[1:]), 0.5) for case, times in took.items()}


def _add(setting: Setting, folders: dict[str, Path]) -> dict[str, dict[str, float]]:
    """Microseconds for a delivery more, acknowledged and processed, by case and name."""
    found: dict[str, dict[str, list[float]]] = {case: defaultdict(list) for case in folders}
    with ExitStack() as stack:
        servers = {}
        for case, folder in folders.items():
            serving = running(contender(OURS), folder, setting.cores.server)
            server = stack.enter_context(serving)
            servers[case] = server, stack.enter_context(watching(store_of(folder)))
        for _ in range(_TURNS):
            for case, (server, watch) in servers.items():
                for name, microseconds in _add_some(setting, server, watch).items():
                    found[case][name].append(microseconds)
    return {
        case: {name: percentile(sorted(each), 0.5) for name, each in values.items()}
        for case, values in found.items()
    }


def _add_some(setting: Setting, server: Server, watch: StoreWatch) -> dict[str, float]:
    outcome = setting.call(setting.job(server.port, WEBHOOK_PATH, 64, 60, most=_ADDED))
    drained = watch.wait_until_processed()
    return {
        "acknowledge_us": 1e6 * outcome.seconds / outcome.answers,
        "delivery_us": 1e6 * (outcome.seconds + drained) / outcome.answers,
    }


def _remember(setting: Setting, folder: Path) -> float:
    """The most memory that the program takes with its screen open and all of the log listed."""
    with open_screen(setting, folder) as (terminal, server), watching(store_of(folder)) as watch:
        # Ids of older rows follow once it is drawn.
        time.sleep(2 + watch.newest() / 200_000)
        terminal.forget()
        return server.memory_mb()
