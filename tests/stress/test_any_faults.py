"""Faults in any order: nothing acknowledged is lost, nothing happens twice, and the records are
what a pure function of the accepted bodies says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stress.machine import Faults

_CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# A process is started and killed at every step of an example: it is not worth while to shrink it.
_PHASES = [Phase.explicit, Phase.generate]


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Faults,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=_PHASES,
            suppress_health_check=_CALM,
            verbosity=Verbosity.normal,
        ),
    )


def test_a_few_steps() -> None:
    run(examples=2, steps=12)


@pytest.mark.stress
def test_many_steps() -> None:
    run(examples=60, steps=30)
