"""A budget for every change: ratios to what cannot change, within a minute, with room for noise.

Stores are kept in memory where that is possible, so that it is the program that is measured and not
a build machine's disk. What exceeds its limit is measured once more before it counts.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.aims import Aim
from benchmarks.calling import LoadError
from benchmarks.contenders import contender, store_of
from benchmarks.figures import OURS, RAW, Measurement, Results
from benchmarks.scenarios.processing import LARGE, measure_backlog
from benchmarks.scenarios.starting import HELP, LISTEN, LIVE, PAINT, PYTHON, TEXTUAL, measure_start
from benchmarks.servers import HAS_PROC, Server, ServerError, cpu_seconds, running
from benchmarks.store_watch import watching
from benchmarks.tables import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.setting import Setting

# Below what is measured on an idle machine by a third to a half, or above: they are there to find
# what has become much slower, not to measure.
BURST = 0.5
"""Acknowledged a second with 64 connections, of what raw aiohttp answers."""
REFUSED = 0.7
"""The same for a wrong signature, of raw aiohttp's 401."""
ONE_BY_ONE = 3.0
"""An answer to a single connection, as a multiple of raw aiohttp's."""
PROCESSED = 0.5
"""Events processed a second, of what raw aiohttp answers."""
HELP_TO_PYTHON = 13.0
LISTEN_TO_TEXTUAL = 4.0
PAINT_TO_TEXTUAL = 3.0
LIVE_TO_TEXTUAL = 7.0

_ROUNDS = 3
_REST_S, _LOOK_S = 10.0, 0.2
_MEMORY = Path("/dev/shm")


def _started(case: str, to: str) -> Callable[[Results], float | None]:
    return lambda results: results.ratio("start", OURS, case, "seconds", to=(OURS, to))


def _ratio(scenario: str, case: str, name: str) -> Callable[[Results], float | None]:
    return lambda results: results.ratio(scenario, OURS, case, name)


def _processed(results: Results) -> float | None:
    ours = results.median("processing", OURS, LARGE, "rate")
    raw = results.median("burst", RAW, "64", "rate")
    return None if ours is None or raw is None else ours / raw


LIMITS = (
    Aim("acknowledged at 64 connections, of raw aiohttp", _ratio("burst", "64", "rate"),
        BURST, at_least=True),
    Aim("refused at 64 connections, of raw aiohttp", _ratio("refused", "64", "rate"),
        REFUSED, at_least=True),
    Aim("an answer to one connection, of raw aiohttp's", _ratio("burst", "1", "p50_ms"),
        ONE_BY_ONE, " ×"),
    Aim("processed a second, of raw aiohttp's answers", _processed, PROCESSED, at_least=True),
    Aim("`--help`, of bare Python", _started(HELP, PYTHON), HELP_TO_PYTHON, " ×"),
    Aim("`listen` ready, of importing Textual", _started(LISTEN, TEXTUAL), LISTEN_TO_TEXTUAL, " ×"),
    Aim("first paint, of importing Textual", _started(PAINT, TEXTUAL), PAINT_TO_TEXTUAL, " ×"),
    Aim("all live, of importing Textual", _started(LIVE, TEXTUAL), LIVE_TO_TEXTUAL, " ×"),
)  # fmt: skip


def quick_disk() -> Path | None:
    """A folder whose files are in memory; None where there is none."""
    return _MEMORY if _MEMORY.is_dir() else None


def check_budget(setting: Setting, tell: Callable[[str], object]) -> int:
    """Measures, and tells of every figure; 0 when all are within their limits, else 1.

    A machine that others keep busy is told of and nothing is judged: there several threads lose
    more than the single one of the ceiling does.
    """
    exceeded = list(LIMITS)
    try:
        for again in (False, True):
            if again:
                tell("Measured once more: a short disturbance looks like a slow program.")
            results = measure_budget(setting)
            if results.disturbed:
                share = 100 * (results.core_share or 0)
                tell(f"Not judged: others are busy, raw aiohttp had {share:.0f} % of its core.")
                return 0
            found = judge(results, tell)
            exceeded = [each for each in exceeded if each in found]
            if not exceeded:
                return 0
    except (LoadError, ServerError, TimeoutError) as error:
        tell(f"The budget could not be measured: {error}")
        return 1
    for aim in exceeded:
        side = "under" if aim.at_least else "over"
        limit = f"{aim.limit:g}{aim.unit}"
        tell(f"Slower than the budget allows: {aim.title} is {side} {limit}, twice.")
    return 1


def judge(results: Results, tell: Callable[[str], object]) -> list[Aim]:
    """Tells of every figure beside its limit; gives those that exceed it, or are not there."""
    exceeded = []
    for aim in LIMITS:
        figure = aim.read(results)
        holds = figure is not None and aim.holds(figure)
        limit = f"{'at least' if aim.at_least else 'at most'} {aim.limit:g}"
        tell(f"{'ok ' if holds else 'NOT'} {aim.title}: {number(figure)}{aim.unit} ({limit})")
        if not holds:
            exceeded.append(aim)
    return exceeded


def measure_budget(setting: Setting) -> Results:
    """Everything that has a limit, some rounds of it; where others are busy, only the first."""
    results = Results()
    with ExitStack() as stack:
        servers = {}
        for name in (RAW, OURS):
            folder = stack.enter_context(setting.new_folder())
            serving = running(contender(name), folder, setting.cores.server)
            servers[name] = stack.enter_context(serving)
        for turn in range(_ROUNDS):
            setting.say(f"budget: {turn + 1} of {_ROUNDS}")
            for name, server in servers.items():
                results.measurements += _acknowledge(setting, name, server)
            if results.disturbed:
                return results
    results.measurements.append(measure_backlog(setting, LARGE, setting.effort.backlog))
    results.measurements += measure_start(setting)
    return results


def _acknowledge(setting: Setting, name: str, server: Server) -> Iterator[Measurement]:
    seconds, path = setting.effort.burst_s, contender(name).path
    for connections in (64, 1):
        job = setting.job(server.port, path, connections, seconds)
        yield Measurement("burst", name, str(connections), setting.ask(server, job))
        if name == OURS:
            with watching(store_of(server.folder)) as watch:
                watch.wait_until_processed()
    refusing = "/refused" if name == RAW else path
    job = setting.job(server.port, refusing, 64, seconds, forged=True, expect=401)
    yield Measurement("refused", name, "64", setting.ask(server, job))
    _let_rest(server)


def _let_rest(server: Server) -> None:
    """Waits until a server has done what follows, like its index: the next is on its core."""
    if not HAS_PROC:
        return
    deadline = time.monotonic() + _REST_S
    used = cpu_seconds(server.process.pid)
    while time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        before, used = used, cpu_seconds(server.process.pid)
        if used - before < _LOOK_S / 20:
            return
