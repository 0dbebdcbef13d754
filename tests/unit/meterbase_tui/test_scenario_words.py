"""What is said of a scenario before it is played."""

from __future__ import annotations

from meterbase_tui.screens.scenario_words import draw_scenario
from sample_payloads.simulation.scenario import Scenario, Step

STEPS = (
    Step(number=1, where="step 1"),
    Step(number=2, where="step 2", after_s=3600.0),
    Step(number=3, where="step 3", after_s=1800.0),
)
LONG = Scenario(name="long", title="A long one", shows="It waits.", steps=STEPS)


def test_how_long_it_pauses_is_told_at_the_speed_that_is_chosen() -> None:
    assert "3 steps · pauses of 5,400 s · speed 1" in draw_scenario(LONG, 1.0).plain
    assert "3 steps · pauses of 90 s · speed 60" in draw_scenario(LONG, 60.0).plain


def test_what_nobody_would_notice_is_no_pause() -> None:
    assert "3 steps · speed 10,000" in draw_scenario(LONG, 10_000.0).plain
