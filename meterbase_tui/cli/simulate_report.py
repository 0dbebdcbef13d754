"""The report of a simulation, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from meterbase_tui.cli.tables import Column, print_facts, print_table
from meterbase_tui.formats import duration, slowness
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.json_fields import Fields
    from sample_payloads.simulation.report import Comparison, Report
    from sample_payloads.simulation.simulation import Simulation

_COLUMNS = (
    Column("", 10, 1),
    Column("Compared", 9, 12),
    Column("Expected", 7, 8),
    Column("Found", 8, 12),
)


def report_fields(
    simulation: Simulation,
    url: str,
    report: Report,
    comparisons: Sequence[Comparison],
    *,
    checked: bool,
) -> Fields:
    """A report as a JSON object.

    Args:
        simulation: what was played.
        url: where to.
        report: the sender's account.
        comparisons: what was held against the scenario's expectation.
        checked: whether the store was among that.
    """
    return {
        "type": "report",
        "scenario": simulation.scenario.name,
        "title": simulation.scenario.title,
        "url": url,
        "speed": simulation.speed,
        "seed": simulation.seed,
        "ok": not report.interrupted and all(each.holds for each in comparisons),
        **asdict(report),
        "unreachable": report.unreachable,
        "store_compared": checked,
        "comparisons": [asdict(each) | {"holds": each.holds} for each in comparisons],
    }


def print_report(
    console: Console,
    simulation: Simulation,
    url: str,
    report: Report,
    comparisons: Sequence[Comparison],
) -> None:
    """Prints a report for people."""
    console.cells([Cell(visible(simulation.scenario.title), Tone.STRONG)], whole=True)
    print_facts(console, [("sent to", Cell(visible(url, 500))), *_facts(simulation, report)])
    if report.interrupted:
        console.say("It was stopped, so nothing was compared.")
    elif report.unreachable:
        console.say(f"{visible(report.problem or '')} Is the receiver running?")
    if comparisons:
        console.line()
        print_table(console, _COLUMNS, [_row(each) for each in comparisons])


def _facts(simulation: Simulation, report: Report) -> list[tuple[str, Cell]]:
    answers = ", ".join(f"{count:,} × {status}" for status, count in report.answers.items())
    slowest = report.slowest_ms
    return [
        ("webhooks", _count(report.webhooks, Tone.STRONG)),
        ("delivered", _count(report.delivered, Tone.SUCCESS)),
        ("retried", _count(report.retried, Tone.WARNING)),
        ("refused", _count(report.refused, Tone.ERROR)),
        ("given up", _count(report.given_up, Tone.ERROR)),
        ("not sent", Cell(f"{report.waiting:,}" if report.waiting else "", Tone.WARNING)),
        ("requests", Cell(f"{report.attempts:,} ({answers})" if answers else "0")),
        ("lost", Cell(f"{report.lost:,}, as the scenario says" if report.lost else "")),
        ("duplicates", Cell(f"{report.duplicates:,}" if report.duplicates else "")),
        ("slowest", Cell(duration(slowest), slowness(slowest)) if slowest else Cell("")),
        ("took", Cell(f"{report.seconds:,.1f} s at speed {simulation.speed:g}")),
        ("seed", Cell(str(simulation.seed))),
    ]


def _count(count: int, tone: Tone) -> Cell:
    return Cell(f"{count:,}", tone if count else Tone.MUTED)


def _row(comparison: Comparison) -> tuple[Cell, ...]:
    holds = comparison.holds
    return (
        Cell("✓" if holds else "✗", Tone.SUCCESS if holds else Tone.ERROR),
        Cell(visible(comparison.name.replace("_", " "), 80)),
        Cell(visible(str(comparison.expected), 80), Tone.MUTED),
        Cell(visible(str(comparison.actual), 400), Tone.PLAIN if holds else Tone.ERROR),
    )
