"""Runs scenarios round by round, so that what is compared was measured side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figures import Results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scenarios import Scenario
    from benchmarks.setting import Setting


def run(setting: Setting, scenarios: Sequence[Scenario]) -> Results:
    """All rounds of all scenarios.

    Raises:
        LoadError, ServerError, TimeoutError: ours did not do what it should.
    """
    results = Results()
    for number in range(1, setting.effort.rounds + 1):
        for scenario in scenarios:
            if number <= scenario.most_rounds:
                setting.say(f"Round {number} of {setting.effort.rounds}, {scenario.name}")
                results.measurements += scenario.measure(setting)
    return results
