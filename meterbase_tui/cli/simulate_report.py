"""The report of a simulation, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from meterbase_tui.cli.tables import Column, print_facts, print_table
from meterbase_tui.sending.simulation_words import describe_comparison, describe_report
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.exports.json_fields import Fields
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
    report: Report,
    comparisons: Sequence[Comparison],
    *,
    checked: bool,
) -> Fields:
    """A report as a JSON object.

    Args:
        simulation: what was played.
        report: the sender's account.
        comparisons: what was held against the scenario's expectation.
        checked: whether the store was among that.
    """
    return {
        "type": "report",
        "scenario": simulation.scenario.name,
        "title": simulation.scenario.title,
        "url": simulation.target.url,
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
    report: Report,
    comparisons: Sequence[Comparison],
) -> None:
    """Prints a report for people."""
    console.cells([Cell(visible(simulation.scenario.title), Tone.STRONG)], whole=True)
    print_facts(
        console,
        [
            ("sent to", Cell(visible(simulation.target.url, 500))),
            *describe_report(simulation, report),
        ],
    )
    if report.interrupted:
        console.say("It was stopped, so nothing was compared.")
    elif report.unreachable:
        console.say(f"{visible(report.problem or '')} Is the receiver running?")
    if comparisons:
        console.line()
        print_table(console, _COLUMNS, [describe_comparison(each) for each in comparisons])
