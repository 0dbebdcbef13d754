"""The benchmarks as they are run: by their command, and each scenario for a moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.machine import ROOT, find_cores
from benchmarks.record import Record
from benchmarks.running import run
from benchmarks.scenarios import SCENARIOS
from benchmarks.setting import QUICK, Setting
from benchmarks.tables import write_tables

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.scenarios import Scenario

_MOMENT = replace(
    QUICK, burst_s=0.2, sustained_s=0.8, steady_s=1, backlog=500, large=3_000, starts=1, pixels=2
)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env=os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_measures_what_was_asked_for(tmp_path: Path) -> None:
    done = command(tmp_path, "--only", "refresh", "--quick", "--json", "-")
    assert done.returncode == 0, done.stderr
    measurements = json.loads(done.stdout)["measurements"]
    assert [each["case"] for each in measurements] == ["first", "unchanged"]
    assert all(0 < figure < 60_000 for each in measurements for figure in each["values"].values())
    # Its stores are gone.
    assert list((tmp_path / "meterbase-tui" / "benchmarks").iterdir()) == []


def test_the_command_knows_its_scenarios(tmp_path: Path) -> None:
    done = command(tmp_path, "--only", "everything")
    assert done.returncode == 2
    assert "'burst'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_measures_something(scenario: Scenario, tmp_path: Path) -> None:
    setting = Setting(cores=find_cores(), folder=tmp_path, effort=_MOMENT, say=lambda _: None)
    results = run(setting, [scenario])
    assert results.measurements
    assert {each.scenario for each in results.measurements} <= {scenario.name, "memory"}
    for each in results.measurements:
        assert all(figure >= 0 for figure in each.values.values()), each
    assert write_tables(Record(day="2026-03-26", machine="A.", remarks={}, results=results))
    assert list(tmp_path.iterdir()) == []
