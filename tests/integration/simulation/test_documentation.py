"""docs/scenarios.md: its example plays as it says, and it names all that there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_payloads.simulation.library import load_scenarios
from sample_payloads.simulation.reading import read_scenario
from sample_payloads.simulation.scenario import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Bench

_PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text()


def test_its_example_plays_as_it_says(bench: Bench, play: Callable[..., Any]) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", _PAGE, re.DOTALL)
    scenario = read_scenario(example.encode(), "example.toml", ["test_ping"])
    _, report, found = play(bench, scenario, speed=1e6)
    assert [each for each in found if not each.holds] == []
    assert report.webhooks == 12


def test_it_names_every_change_and_every_scenario() -> None:
    for name in (*Change, *(each.name for each in load_scenarios())):
        assert re.search(rf"^\| .*`{name}`", _PAGE, re.MULTILINE), name
