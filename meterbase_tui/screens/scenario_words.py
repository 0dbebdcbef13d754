"""The scenario screen's texts: what a scenario is, how far it is, and what it came to. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.sending.simulation_words import describe_comparison, describe_report
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Tone
from meterbase_tui.wording.values import duration
from sample_payloads.simulation.carrier import RETRY_AFTER_S

if TYPE_CHECKING:
    from meterbase_tui.sending.scenario_run import Ending, ScenarioRun
    from meterbase_tui.widgets.rows import Cell
    from sample_payloads.simulation.report import Comparison
    from sample_payloads.simulation.scenario import Scenario

_NAME = 14
_COMPARED = 30
_EXPECTED = 12
_COLOURS = {
    Tone.PLAIN: "$foreground",
    Tone.MUTED: "$foreground-muted",
    Tone.STRONG: "$foreground b",
    Tone.ACCENT: "$text-accent",
    Tone.SUCCESS: "$text-success",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "$text-error",
}


def draw_scenario(scenario: Scenario, speed: float) -> Content:
    """What a scenario is, and how fast it would be played."""
    facts = f"{len(scenario.steps)} steps"
    if scenario.expect.webhooks is not None:
        facts += f" · {scenario.expect.webhooks:,} webhooks"
    if (pauses := sum(step.after_s for step in scenario.steps) / speed) >= 1:
        facts += f" · pauses of {pauses:,.0f} s"
    return Content.from_markup(
        "[b]$title[/]  [$foreground-muted]$name[/]\n$shows\n\n"
        "[$foreground-muted]$facts · speed[/] [b]$speed[/][$foreground-muted]: $waiting[/]",
        title=visible(scenario.title, 80),
        name=visible(scenario.name, 80),
        shows=visible(scenario.shows, 600),
        facts=facts,
        speed=f"{speed:,g}",
        waiting=_describe_waiting(speed),
    )


def draw_progress(run: ScenarioRun) -> Content:
    """The step, the webhooks, and what is being waited for."""
    ended, expected = run.webhooks
    number, count, title = run.step
    words = f"step {number} of {count}: {visible(title, 40)}" if number else "beginning …"
    return Content.from_markup(
        "$words   [b]$ended[/] of $expected webhooks\n[$text-warning]$remark[/]",
        words=words,
        ended=f"{ended:,}",
        expected=f"{expected:,}",
        remark=visible(run.remark, 300),
    )


def draw_ending(ending: Ending) -> Content:
    """The verdict, what was compared, and the sender's account."""
    lines = [_verdict(ending)]
    if ending.comparisons:
        lines += [Content(""), *map(_draw_comparison, ending.comparisons)]
    if ending.report is not None and ending.simulation is not None:
        facts = describe_report(ending.simulation, ending.report)
        lines += [Content(""), *(_draw_fact(name, cell) for name, cell in facts if cell.text)]
    return Content("\n").join(lines)


def _describe_waiting(speed: float) -> str:
    if speed == 1:
        return "it waits as long as Propexo does"
    return f"the first retry after {duration(RETRY_AFTER_S[0] / speed * 1000)} instead of a minute"


def _verdict(ending: Ending) -> Content:
    if ending.problem is not None:
        return Content.from_markup("[$text-error]✗ $why[/]", why=visible(ending.problem, 400))
    report = ending.report
    if report is not None and report.unreachable:
        return Content.from_markup(
            "[$text-error]✗ $why Is the receiver running?[/]",
            why=visible(report.problem or "", 400),
        )
    if report is not None and report.interrupted:
        return Content.from_markup("[$text-warning]! It was stopped, so nothing was compared.[/]")
    if ending.as_expected:
        return Content.from_markup("[$text-success b]✓ Everything came as the scenario expects.[/]")
    wrong = sum(not each.holds for each in ending.comparisons)
    return Content.from_markup(
        "[$text-error b]✗ $wrong of $count came otherwise than the scenario expects.[/]",
        wrong=str(wrong),
        count=str(len(ending.comparisons)),
    )


def _draw_comparison(comparison: Comparison) -> Content:
    mark, name, expected, actual = describe_comparison(comparison)
    parts = [_draw_cell(mark), Content(" "), _draw_cell(name, _COMPARED)]
    if comparison.holds:
        return Content("").join((*parts, _draw_cell(actual)))
    return Content("").join((*parts, _draw_cell(expected, _EXPECTED), _draw_cell(actual)))


def _draw_fact(name: str, cell: Cell) -> Content:
    label = Content.from_markup("[$foreground-muted]$name[/]", name=name.ljust(_NAME))
    return label + _draw_cell(cell)


def _draw_cell(cell: Cell, width: int = 0) -> Content:
    return Content.from_markup(f"[{_COLOURS[cell.tone]}]$text[/]", text=cell.text.ljust(width))
