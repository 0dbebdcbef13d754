"""A scenario's text, and one played against a receiver in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.sending.simulation_check import StoreCheck
from receiver.operations import perform
from sample_payloads.simulation.library import find_scenario
from sample_payloads.simulation.report import compare
from sample_payloads.simulation.simulation import Simulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample_payloads.simulation.report import Comparison, Report
    from sample_payloads.simulation.scenario import Scenario
    from tests.conftest import Bench


def _play(
    bench: Bench, scenario: Scenario | str, **options: Any
) -> tuple[Simulation, Report, list[Comparison]]:
    """Plays a scenario whose needs are registered, and compares all that can be."""
    if isinstance(scenario, str):
        scenario = find_scenario(scenario)
    for connection_id, property_id in scenario.needs:
        named = {"connection_id": connection_id}
        bench.write(perform, "register_connection", named)
        bench.write(perform, "link_property", named | {"property_id": property_id})
    check = StoreCheck.begin(bench.settings.db, bench.url)
    assert check is not None
    target = Target(url=bench.url, secret=bench.secret, program="test")
    simulation = Simulation(scenario, target, **options)
    report = asyncio.run(simulation.run())
    said: list[str] = []
    found = compare(report, scenario.expect) + check.compare(simulation, said.append)
    assert said == []
    return simulation, report, found


@pytest.fixture
def play() -> Callable[..., Any]:
    """`play(bench, "lease_life", speed=…)`."""
    return _play
