"""What the program aims at, and how each aim is read from the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.figures import OURS, RAW
from benchmarks.scenarios.acknowledging import COMMIT
from benchmarks.scenarios.processing import LARGE, USUAL
from benchmarks.scenarios.refreshing import FIRST, UNCHANGED
from benchmarks.scenarios.scale import FILTERS
from benchmarks.scenarios.screen import HIDDEN, RATE, SCREEN
from benchmarks.scenarios.starting import HELP, LISTEN, LIVE, PAINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Results

    Reading = Callable[[Results], float | None]


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure and its limit."""

    title: str
    read: Reading
    """The figure; None when it was not measured."""
    limit: float
    unit: str = ""
    """What follows the number: `×`, ` ms`; nothing for a ratio to raw aiohttp."""
    at_least: bool = False
    """Whether the figure must not be below the limit, rather than not above."""

    def holds(self, figure: float) -> bool:
        """Whether a figure is what was aimed at."""
        return figure >= self.limit if self.at_least else figure <= self.limit


def _figure(scenario: str, subject: str, case: str, name: str, factor: float = 1.0) -> Reading:
    def read(results: Results) -> float | None:
        found = results.median(scenario, subject, case, name)
        return None if found is None else factor * found

    return read


def _of_raw(scenario: str) -> Reading:
    return lambda results: results.ratio(scenario, OURS, "64", "rate")


def _of_a_commit(results: Results) -> float | None:
    """An answer to one connection, against raw aiohttp's answer and a bare commit after it."""
    ours, raw, commit = (
        results.median("burst", subject, "1", "p50_ms") for subject in (OURS, RAW, COMMIT)
    )
    if ours is None or raw is None or commit is None:
        return None
    return ours / (raw + commit)


def _with_screen(results: Results) -> float | None:
    return results.ratio("screen", SCREEN, "64", "rate", to=(OURS, "64"))


def _grown(name: str, subject: str = OURS) -> Reading:
    """The large store's figure as a multiple of the small one's."""

    def read(results: Results) -> float | None:
        found = [results.median("scale", subject, case, name) for case in results.cases("scale")]
        small, large = (found[0], found[-1]) if len(found) > 1 else (None, None)
        return large / small if small and large is not None else None

    return read


def _slowest_filter(results: Results) -> float | None:
    cases = results.cases("scale")
    found = [results.median("scale", OURS, cases[-1], name) for name in FILTERS] if cases else []
    return max((each for each in found if each is not None), default=None)


def _memory(results: Results) -> float | None:
    cases = results.cases("scale")
    return results.median("scale", SCREEN, cases[-1], "memory_mb") if cases else None


AIMS = (
    Aim("burst at 64 connections, of raw aiohttp", _of_raw("burst"), 0.5, at_least=True),
    Aim("one connection: an answer, of raw aiohttp's and one commit", _of_a_commit, 1.2, " ×"),
    Aim("refused (401) at 64, of raw aiohttp", _of_raw("refused"), 0.8, at_least=True),
    Aim("sustained at 64, processing going on, of raw", _of_raw("sustained"), 0.4, at_least=True),
    Aim("the same, p99", _figure("sustained", OURS, "64", "p99_ms"), 10, " ms"),
    Aim("burst with the screen open, of that without", _with_screen, 0.8, at_least=True),
    Aim("the same, p99", _figure("screen", SCREEN, "64", "p99_ms"), 25, " ms"),
    *(
        Aim(
            f"processing a backlog of {case}",
            _figure("processing", OURS, case, "rate"),
            20_000,
            " events/s",
            at_least=True,
        )
        for case in (LARGE, USUAL)
    ),
    Aim("refresh, first: applied", _figure("refresh", OURS, FIRST, "apply_ms"), 50, " ms"),
    Aim("refresh, unchanged: applied", _figure("refresh", OURS, UNCHANGED, "apply_ms"), 20, " ms"),
    Aim("delivery to pixel, p50", _figure("pixel", OURS, "one at a time", "p50_ms"), 100, " ms"),
    Aim(
        f"the screen's thread at {RATE:,.0f} deliveries/s, of a core",
        _figure("share", SCREEN, f"{RATE:g}/s", "main_thread_share", 100),
        15,
        " %",
    ),
    Aim(
        f"its redraws at {RATE:,.0f} deliveries/s",
        _figure("share", SCREEN, f"{RATE:g}/s", "redraws"),
        10,
        " a second",
    ),
    Aim(
        "its thread while another screen hides the panels, of a core",
        _figure("share", HIDDEN, f"{RATE:g}/s", "main_thread_share", 100),
        2,
        " %",
    ),
    Aim(
        "an idle tool with its screen, of a core",
        _figure("idle", SCREEN, "nothing happens", "process_share", 100),
        1,
        " %",
    ),
    Aim("large store, of a small one: opened", _grown("open_ms"), 1.2, " ×"),
    Aim("large store, of a small one: a page", _grown("page_ms"), 1.2, " ×"),
    Aim("large store, of a small one: a delivery more", _grown("delivery_us"), 1.3, " ×"),
    Aim("large store: the slowest filter or search", _slowest_filter, 100, " ms"),
    Aim("large store with the screen open: memory", _memory, 200, " MB"),
    Aim("`--help`", _figure("start", OURS, HELP, "seconds"), 0.15, " s"),
    Aim("`listen` ready", _figure("start", OURS, LISTEN, "seconds"), 0.6, " s"),
    Aim("first paint", _figure("start", OURS, PAINT, "seconds"), 0.6, " s"),
    Aim("all of the screen live", _figure("start", OURS, LIVE, "seconds"), 1.0, " s"),
)
