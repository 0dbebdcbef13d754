"""The results as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.aims import AIMS
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import OURS
from benchmarks.scenarios.acknowledging import CONNECTIONS
from benchmarks.scenarios.scale import FILTERS
from benchmarks.scenarios.screen import HIDDEN, SCREEN
from benchmarks.scenarios.starting import PYTHON, TEXTUAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.figures import Results
    from benchmarks.record import Record

NOTHING = "–"


def write_tables(record: Record) -> str:
    """Everything that was measured, a section a subject; what was not measured is not there."""
    results = record.results
    parts = [f"Measured on {record.day}. {record.machine}"]
    if results.disturbed:
        share = 100 * (results.core_share or 0)
        parts.append(
            f"**Other programs kept the machine busy:** raw aiohttp had {share:.0f} % of its core, "
            "so even ratios say little."
        )
    for scenario, write in (
        ("burst", _burst),
        ("sustained", _sustained),
        ("slow-disk", _slow_disk),
        ("share", _screen),
        ("scale", _scale),
        ("start", _start),
    ):
        if results.subjects(scenario):
            parts.append(write(results))
    parts.append(_aims(results))
    if record.remarks:
        left_out = [f"- {subject}: {why}" for subject, why in record.remarks.items()]
        parts.append("Left out in this run:\n\n" + "\n".join(left_out))
    return "\n\n".join(part for part in parts if part)


def number(value: float | None) -> str:
    """A figure in as many digits as it deserves; a dash when there is none."""
    if value is None:
        return NOTHING
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, figures to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _burst(results: Results) -> str:
    head = ["", "an answer means", *(f"{count} conn." for count in CONNECTIONS)]
    head += ["of raw at 64", "p50 ms", "p99 ms", "p99.9 ms", "memory MB"]
    rows = []
    for name in _measured(results, "burst"):
        rates = [results.median("burst", name, str(count), "rate") for count in CONNECTIONS]
        times = [results.median("burst", name, "64", f"{each}_ms") for each in _PERCENTILES]
        memory = results.median("memory", name, "after a burst", "memory_mb")
        ratio = results.ratio("burst", name, "64", "rate")
        figures = [*rates, ratio, *times, memory or None]
        rows.append([_strong(name), _DOES[name], *map(number, figures)])
    ahead = _ahead(results, "burst")
    return f"### Acknowledged a second, in a burst\n\n{table(head, rows)}" + (
        f"\n\nAt 64 connections {OURS} acknowledges {ahead}." if ahead else ""
    )


_PERCENTILES = ("p50", "p99", "p999")
_DOES = {each.name: each.does for each in CONTENDERS}


def _measured(results: Results, scenario: str) -> list[str]:
    """Contenders of a scenario, the fastest at 64 connections first."""
    found = [name for name in results.subjects(scenario) if name in _DOES]
    return sorted(found, key=lambda name: -(results.median(scenario, name, "64", "rate") or 0))


def _strong(name: str) -> str:
    return f"**{name}**" if name == OURS else name


def _ahead(results: Results, scenario: str) -> str:
    """By how much ours is ahead of those that store as well, as a phrase."""
    durable = {each.name for each in CONTENDERS if each.durable} - {OURS}
    found = []
    for name in _measured(results, scenario):
        ratio = results.ratio(scenario, OURS, "64", "rate", to=(name, "64"))
        if name in durable and ratio is not None:
            found.append(f"{number(ratio)} × {name}")
    return ", ".join(found)


def _sustained(results: Results) -> str:
    rows = []
    for name in _measured(results, "sustained"):
        names = ("rate", "p99_ms", "p999_ms", "processed_share", "drain_s", "rate_with_processing")
        found = [results.median("sustained", name, "64", each) for each in names]
        ratio = results.ratio("sustained", name, "64", "rate")
        rows.append([_strong(name), *map(number, [*found[:1], ratio, *found[1:]])])
    head = ["", "a second", "of raw", "p99 ms", "p99.9 ms", "processed by its end, share"]
    head += ["the rest after, s", "processed too, a second"]
    return "### Sustained, 64 connections, processing going on\n\n" + table(head, rows)


def _slow_disk(results: Results) -> str:
    rows = [
        [
            _strong(name),
            *(number(results.median("slow-disk", name, "64", each)) for each in ("rate", "p99_ms")),
            number(results.ratio("slow-disk", OURS, "64", "rate", to=(name, "64"))),
        ]
        for name in _measured(results, "slow-disk")
    ]
    head = ["", "a second", "p99 ms", "ours is … ×"]
    return "### On a disk whose fsync takes 4 ms, 64 connections\n\n" + table(head, rows)


def _screen(results: Results) -> str:
    def row(title: str, scenario: str, case: str, names: Iterable[tuple[str, float]]) -> list[str]:
        cells = []
        for subject in (OURS, SCREEN, HIDDEN):
            for name, factor in names:
                found = results.median(scenario, subject, case, name)
                cells.append(number(None if found is None else factor * found))
        return [title, *cells]

    [share_case] = results.cases("share")
    rows = [
        row("a burst, deliveries a second", "screen", "64", [("rate", 1)]),
        row("the same, p99 ms", "screen", "64", [("p99_ms", 1)]),
        row(f"{share_case}: p99 ms", "share", share_case, [("p99_ms", 1)]),
        row(f"{share_case}: all of the process, % of a core", "share", share_case,
            [("process_share", 100)]),
        row(f"{share_case}: its first thread, % of a core", "share", share_case,
            [("main_thread_share", 100)]),
        row(f"{share_case}: redraws a second", "share", share_case, [("redraws", 1)]),
        row("idle, % of a core", "idle", "nothing happens", [("process_share", 100)]),
    ]  # fmt: skip
    head = ["", "`listen`", "the screen open", "another screen before it"]
    return "### With and without the screen\n\n" + table(head, rows)


def _scale(results: Results) -> str:
    cases = results.cases("scale")
    titles = {
        "open_ms": "open, and the newest page, ms",
        "page_ms": "a page anywhere, ms",
        **{name: f"{name.removesuffix('_ms').replace('_', ' ')}, ms" for name in FILTERS},
        "acknowledge_us": "a delivery more: acknowledged, µs",
        "delivery_us": "a delivery more: acknowledged and processed, µs",
    }
    rows = [[title, *_across(results, OURS, cases, name)] for name, title in titles.items()]
    rows.append(["memory with the screen open, MB", *_across(results, SCREEN, cases, "memory_mb")])
    return "### A large store\n\n" + table(["", *cases, "×"], rows)


def _across(results: Results, subject: str, cases: Sequence[str], name: str) -> list[str]:
    found = [results.median("scale", subject, case, name) for case in cases]
    first, last = found[0], found[-1]
    grown = last / first if first and last is not None else None
    return [*map(number, found), number(grown)]


def _start(results: Results) -> str:
    rows = [
        [
            case,
            number(results.median("start", OURS, case, "seconds")),
            *(
                number(results.ratio("start", OURS, case, "seconds", to=(OURS, other)))
                for other in (PYTHON, TEXTUAL)
            ),
        ]
        for case in results.cases("start")
    ]
    head = ["", "seconds", "× bare Python", "× `import textual.app`"]
    return "### Start\n\n" + table(head, rows)


def _aims(results: Results) -> str:
    rows = list(_aim_rows(results))
    head = ["aim", "limit", "measured", "holds"]
    return "### What is aimed at\n\n" + table(head, rows) if rows else ""


def _aim_rows(results: Results) -> Iterator[list[str]]:
    for aim in AIMS:
        figure = aim.read(results)
        if figure is not None:
            sign = "≥" if aim.at_least else "≤"
            holds = "yes" if aim.holds(figure) else "**no**"
            limit = f"{sign} {aim.limit:,g}{aim.unit}"
            yield [aim.title, limit, f"{number(figure)}{aim.unit}", holds]
