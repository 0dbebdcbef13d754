"""A simulation's progress on standard error: a bar on a terminal, else a line for what matters."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from meterbase_tui.sending.simulation_words import describe_retry
from meterbase_tui.text import visible
from sample_payloads.simulation.carrier import Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.cli.console import Console
    from sample_payloads.simulation.carrier import Webhook
    from sample_payloads.simulation.scenario import Step
    from sample_payloads.simulation.simulation import Simulation


_ONE_LINE = Column(no_wrap=True, overflow="ellipsis", ratio=1)


@contextmanager
def show_progress(console: Console, simulation: Simulation) -> Iterator[Callable[[Webhook], None]]:
    """What is to be told of every webhook that is made, tried or ended."""
    if not sys.stderr.isatty():
        yield _Lines(console, simulation)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[remark]}", markup=False, table_column=_ONE_LINE),
    )
    with Progress(*columns, console=Terminal(stderr=True), transient=True, expand=True) as progress:
        yield _Bar(progress, simulation)


class _Lines:
    """A line for every step, and for every webhook that has to be sent again."""

    def __init__(self, console: Console, simulation: Simulation) -> None:
        self._console = console
        self._simulation = simulation
        self._step: Step | None = None

    def __call__(self, webhook: Webhook) -> None:
        step = self._simulation.step
        if step is not None and step is not self._step:
            self._step = step
            count = len(self._simulation.scenario.steps)
            self._console.say(f"Step {step.number} of {count}: {visible(step.title)}")
        if remark := describe_retry(webhook, self._simulation.speed):
            self._console.say(remark)


class _Bar:
    """The webhooks that have come to an end, of those that were made so far."""

    def __init__(self, progress: Progress, simulation: Simulation) -> None:
        self._progress = progress
        self._simulation = simulation
        self._task = progress.add_task("", total=None, remark="")
        self._remark = ""
        self._ended = 0

    def __call__(self, webhook: Webhook) -> None:
        step = self._simulation.step
        self._ended += webhook.fate is not Fate.WAITING
        if webhook.attempts:
            self._remark = describe_retry(webhook, self._simulation.speed)
        self._progress.update(
            self._task,
            description=visible(step.title, 24) if step else "",
            completed=self._ended,
            total=len(self._simulation.webhooks),
            remark=self._remark,
        )
