"""What a simulation says of itself while it runs and when it has ended, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import duration, slowness
from sample_payloads.simulation.carrier import RETRY_AFTER_S, Fate

if TYPE_CHECKING:
    from sample_payloads.simulation.carrier import Webhook
    from sample_payloads.simulation.report import Comparison, Report
    from sample_payloads.simulation.simulation import Simulation


def describe_report(simulation: Simulation, report: Report) -> list[tuple[str, Cell]]:
    """The sender's account, by name; an empty cell for what there is nothing of."""
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


def describe_comparison(comparison: Comparison) -> tuple[Cell, ...]:
    """A mark, what was compared, what was expected and what was found."""
    holds = comparison.holds
    return (
        Cell("✓" if holds else "✗", Tone.SUCCESS if holds else Tone.ERROR),
        Cell(visible(comparison.name.replace("_", " ").replace(".", " · "), 80)),
        Cell(visible(str(comparison.expected), 80), Tone.MUTED),
        Cell(visible(str(comparison.actual), 400), Tone.PLAIN if holds else Tone.ERROR),
    )


def describe_retry(webhook: Webhook, speed: float) -> str:
    """Why a webhook will be sent again, and when; nothing for one that will not be."""
    if not webhook.attempts or webhook.fate is not Fate.WAITING or not webhook.carriage.retries:
        return ""
    last = webhook.attempts[-1]
    if last.number > len(RETRY_AFTER_S):
        return ""
    why = (
        visible(last.error) if last.error else f"{visible(webhook.event, 60)} was {_fail(webhook)}."
    )
    wait = duration(RETRY_AFTER_S[last.number - 1] / speed * 1000)
    return f"{why} Attempt {last.number + 1} of {len(RETRY_AFTER_S) + 1} follows in {wait}."


def _fail(webhook: Webhook) -> str:
    last = webhook.attempts[-1]
    if last.lost is not None:
        return f"not delivered: its {last.lost} got lost, as the scenario says"
    return f"answered with {last.status}"


def _count(count: int, tone: Tone) -> Cell:
    return Cell(f"{count:,}", tone if count else Tone.MUTED)
