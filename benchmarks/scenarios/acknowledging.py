"""How many deliveries a second are acknowledged, and how long one waits for it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bodies import make_body
from benchmarks.contenders import CONTENDERS, contender, store_of
from benchmarks.figures import OURS, RAW, Measurement, percentile
from benchmarks.machine import on_core
from benchmarks.servers import running
from benchmarks.store_watch import watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.contenders import Contender
    from benchmarks.load import Outcome
    from benchmarks.servers import Server
    from benchmarks.setting import Setting

CONNECTIONS = (1, 16, 64, 256)
COMMIT = "one commit of SQLite"
SLOW_DISK_US = 4_000
_SHIM = Path(__file__).parents[1] / "peers" / "slow_fsync.c"
_COMMITS = 300


def measure_burst(setting: Setting) -> Iterator[Measurement]:
    """As fast as they are answered, by everybody, with few connections and with many."""
    yield Measurement("burst", COMMIT, "1", {"p50_ms": time_commit(setting)})
    for each in setting.present(CONTENDERS):
        setting.say(f"burst: {each.name}")
        with setting.new_folder() as folder, running(each, folder, setting.cores.server) as server:
            yield from _burst(setting, each, server)


def _burst(setting: Setting, each: Contender, server: Server) -> Iterator[Measurement]:
    for connections in CONNECTIONS:
        job = setting.job(server.port, each.path, connections, setting.effort.burst_s)
        values = setting.try_to_ask(each, server, job)
        if values is None:
            continue
        if each.name == OURS:
            with watching(store_of(server.folder)) as watch:
                values["drain_s"] = watch.wait_until_processed()
        yield Measurement("burst", each.name, str(connections), values)
    yield Measurement("memory", each.name, "after a burst", {"memory_mb": server.memory_mb()})


def time_commit(setting: Setting) -> float:
    """Milliseconds for a row in a transaction of its own, durable, by SQLite alone (median)."""
    took = []
    with (
        setting.new_folder() as folder,
        on_core(setting.cores.server),
        closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE deliveries (id INTEGER PRIMARY KEY, body BLOB)")
        for number in range(_COMMITS):
            body = make_body(number)
            started = time.perf_counter()
            connection.execute("INSERT INTO deliveries (body) VALUES (?)", (body,))
            took.append(time.perf_counter() - started)
    return 1000 * percentile(sorted(took), 0.5)


def measure_refused(setting: Setting) -> Iterator[Measurement]:
    """What strangers cost: wrong signatures, against raw aiohttp that answers 401 to anything."""
    for name, path in ((RAW, "/refused"), (OURS, contender(OURS).path)):
        setting.say(f"refused: {name}")
        with (
            setting.new_folder() as folder,
            running(contender(name), folder, setting.cores.server) as server,
        ):
            job = setting.job(
                server.port, path, 64, setting.effort.burst_s, forged=True, expect=401
            )
            yield Measurement("refused", name, "64", setting.ask(server, job))


def measure_sustained(setting: Setting) -> Iterator[Measurement]:
    """For longer than any queue hides, processing going on; then what is left is waited for."""
    for name, seconds in (
        (RAW, setting.effort.sustained_s / 4),
        (OURS, setting.effort.sustained_s),
    ):
        setting.say(f"sustained: {name}, {seconds:g} s")
        each = contender(name)
        with setting.new_folder() as folder, running(each, folder, setting.cores.server) as server:
            outcome = setting.call(setting.job(server.port, each.path, 64, seconds))
            values = outcome.figures()
            if name == OURS:
                values |= _drained(server, outcome)
            yield Measurement("sustained", name, "64", values)


def _drained(server: Server, outcome: Outcome) -> dict[str, float]:
    with watching(store_of(server.folder)) as watch:
        meanwhile = watch.processed() / max(1, watch.newest())
        drain_s = watch.wait_until_processed()
    return {
        "processed_share": meanwhile,
        "drain_s": drain_s,
        "rate_with_processing": outcome.answers / (outcome.seconds + drain_s),
    }


def measure_slow_disk(setting: Setting) -> Iterator[Measurement]:
    """On a disk as slow as a laptop's, with an fsync of 4 ms: everybody who waits for it."""
    with setting.new_folder() as folder:
        shim = _compile_shim(folder)
        if shim is None:
            setting.leave_out("the slow disk", "no C compiler, or no LD_PRELOAD on this system")
            return
        extra = {"LD_PRELOAD": str(shim), "DELAY_US": str(SLOW_DISK_US)}
        for each in setting.present(tuple(each for each in CONTENDERS if each.durable)):
            setting.say(f"slow disk: {each.name}")
            with running(each, folder / each.name, setting.cores.server, extra) as server:
                seconds = 2 * setting.effort.burst_s
                job = setting.job(server.port, each.path, 64, seconds, warm_up=64)
                values = setting.try_to_ask(each, server, job)
            if values is not None:
                yield Measurement("slow-disk", each.name, "64", values)


def _compile_shim(folder: Path) -> Path | None:
    compiler = shutil.which("cc")
    if compiler is None or os.uname().sysname != "Linux":
        return None
    shim = folder / "slow_fsync.so"
    done = subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-o", str(shim), str(_SHIM), "-ldl"],
        capture_output=True,
        check=False,
    )
    return None if done.returncode else shim
