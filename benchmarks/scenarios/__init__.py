"""The scenarios: each measures one round and gives what it measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.scenarios.acknowledging import (
    measure_burst,
    measure_refused,
    measure_slow_disk,
    measure_sustained,
)
from benchmarks.scenarios.processing import measure_processing
from benchmarks.scenarios.refreshing import measure_refresh
from benchmarks.scenarios.scale import measure_scale
from benchmarks.scenarios.screen import (
    measure_idle,
    measure_pixel,
    measure_screen,
    measure_share,
)
from benchmarks.scenarios.starting import measure_start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.figures import Measurement
    from benchmarks.setting import Setting


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured under one name."""

    name: str
    measure: Callable[[Setting], Iterator[Measurement]]
    """One round."""
    most_rounds: int = 100
    """Where a round takes long and more of them tell little."""


SCENARIOS = (
    Scenario("burst", measure_burst),
    Scenario("refused", measure_refused),
    Scenario("sustained", measure_sustained, most_rounds=2),
    Scenario("slow-disk", measure_slow_disk, most_rounds=2),
    Scenario("screen", measure_screen),
    Scenario("processing", measure_processing),
    Scenario("refresh", measure_refresh),
    Scenario("scale", measure_scale, most_rounds=1),
    Scenario("start", measure_start),
    Scenario("share", measure_share, most_rounds=2),
    Scenario("pixel", measure_pixel, most_rounds=1),
    Scenario("idle", measure_idle, most_rounds=1),
)
