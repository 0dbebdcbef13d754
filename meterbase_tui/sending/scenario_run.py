"""A scenario that is played for the screen: on a thread of its own, watched from the screen's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING

from meterbase_tui.sending.simulation_check import StoreCheck
from meterbase_tui.sending.simulation_words import describe_retry
from sample_payloads.simulation.carrier import Fate
from sample_payloads.simulation.report import compare
from sample_payloads.simulation.simulation import Simulation
from sample_payloads.simulation.tables import ScenarioError
from store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from sample_payloads.catalogue import Catalogue
    from sample_payloads.simulation.carrier import Webhook
    from sample_payloads.simulation.report import Comparison, Report
    from sample_payloads.simulation.scenario import Scenario
    from sample_payloads.simulation.simulation import Target

_CHECKING = "Waiting until everything is processed, to compare …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What to play, where, and how fast."""

    scenario: Scenario
    target: Target
    store: Path
    """The store to hold against it, if the receiver at the target writes that."""
    catalogue: Catalogue = field(repr=False)
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How it ended: a report with what was compared, or a problem."""

    simulation: Simulation | None = None
    report: Report | None = None
    comparisons: tuple[Comparison, ...] = ()
    problem: str | None = None
    """Why it could not be played or compared, as a sentence."""

    @property
    def as_expected(self) -> bool:
        """Whether it came to its end and everything was as the scenario expects."""
        return (
            self.report is not None
            and not (self.report.interrupted or self.report.unreachable or self.problem)
            and all(each.holds for each in self.comparisons)
        )


class ScenarioRun:
    """One run. A hundred requests a second would be felt on the loop of the screen or receiver."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._simulation: Simulation | None = None
        self._stopped = False
        self._ended = 0
        self.remark = ""
        """What is to be said of it now: a webhook that will be sent again, or nothing."""
        self.ending: Ending | None = None
        """How it ended; None while it runs."""

    @property
    def webhooks(self) -> tuple[int, int]:
        """How many were delivered or given up, of how many that are known or expected now."""
        made = len(self._simulation.webhooks) if self._simulation else 0
        return self._ended, max(made, self._play.scenario.expect.webhooks or 0)

    @property
    def step(self) -> tuple[int, int, str]:
        """The number of the step that is played, of how many, and what it does. Foreign text."""
        steps = self._play.scenario.steps
        step = self._simulation.step if self._simulation else None
        return (0, len(steps), "") if step is None else (step.number, len(steps), step.title)

    def start(self) -> None:
        """Begins. A program that ends does not wait for it."""
        Thread(target=self._run, name="scenario", daemon=True).start()

    def stop(self) -> None:
        """Ends it soon; `ending` says how far it came."""
        self._stopped = True
        if self._simulation is not None:
            self._simulation.stop()

    def _run(self) -> None:
        try:
            self.ending = self._perform()
        except (ScenarioError, StoreError) as error:
            self.ending = Ending(problem=str(error))

    def _perform(self) -> Ending:
        play = self._play
        check = StoreCheck.begin(play.store, play.target.url)
        simulation = Simulation(
            play.scenario, play.target, speed=play.speed, catalogue=play.catalogue
        )
        self._simulation = simulation
        if self._stopped:
            simulation.stop()
        report = asyncio.run(simulation.run(self._note))
        self.remark = ""
        found: list[Comparison] = []
        if not (report.interrupted or report.unreachable):
            found += compare(report, play.scenario.expect)
            if check is not None:
                self.remark = _CHECKING
                found += check.compare(simulation, self._say)
        return Ending(simulation=simulation, report=report, comparisons=tuple(found))

    def _note(self, webhook: Webhook) -> None:
        self._ended += webhook.fate is not Fate.WAITING
        if webhook.attempts:
            self.remark = describe_retry(webhook, self._play.speed)

    def _say(self, words: str) -> None:
        self.remark = words
