"""Plays a scenario against a receiver: the steps in time, the deliveries beside them."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sample_payloads.catalogue import load_catalogue
from sample_payloads.edits import Timestamps
from sample_payloads.portfolio import Portfolio
from sample_payloads.sending import Sender, build_sample
from sample_payloads.simulation.carrier import Attempt, Carrier, Fate, Webhook
from sample_payloads.simulation.course import Course
from sample_payloads.simulation.report import make_report
from sample_payloads.simulation.scenario import SEED
from sample_payloads.simulation.stage import Stage
from sample_payloads.simulation.tables import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sample_payloads.catalogue import Catalogue
    from sample_payloads.sending import Outgoing, Reply
    from sample_payloads.simulation.report import Report
    from sample_payloads.simulation.scenario import Scenario, Step
    from sample_payloads.simulation.stage import Told

_BREATHE_EVERY = 50
"""After so many webhooks of one step the deliveries get a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to send, and as whom."""

    url: str
    secret: bytes = field(repr=False)
    program: str
    """Name and version for the `User-Agent` header."""


def _ignore(webhook: Webhook) -> None:
    """For runs that nobody watches."""
    del webhook


def _has_answer(attempt: Attempt) -> bool:
    return attempt.status is not None


class _StoppedError(Exception):
    """Somebody wants it to end."""


class Simulation:
    """One run of a scenario. `run` it once, on any event loop.

    While it runs, `webhooks` grows, and `report` counts what became of them so far, for whoever
    asks from whatever thread.
    """

    step: Step | None = None
    """The step that is being played, or was last."""

    def __init__(
        self,
        scenario: Scenario,
        target: Target,
        *,
        speed: float | None = None,
        seed: int = SEED,
        portfolio: Portfolio | None = None,
        catalogue: Catalogue | None = None,
        post: Callable[[Outgoing], Awaitable[Reply]] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Sets up the scenario's buildings; nothing is sent yet.

        Args:
            scenario: what to play.
            target: where to send.
            speed: what all waiting is divided by; the scenario's own when None. The deadline of an
                answer is always 5 s.
            seed: the same seed makes the same people and ids.
            portfolio: where things happen, for instance that of a `SimulatedPms` on the same loop;
                a new one by default.
            catalogue: where the steps' samples are; those of the program by default.
            post: sends requests; over HTTP by default.
            clock: the time that webhooks and the portfolio have.
        """
        self.scenario = scenario
        self.speed = speed or scenario.speed
        self.seed = seed
        self.portfolio = Portfolio(clock().date()) if portfolio is None else portfolio
        self.webhooks: list[Webhook] = []
        self.target = target
        samples, timestamps = catalogue or load_catalogue(), Timestamps(clock)
        self._stage = Stage(
            scenario, seed=seed, timestamps=timestamps, portfolio=self.portfolio, catalogue=samples
        )
        self._tell: Callable[[Webhook], None] = _ignore
        self._post = post
        self._course = Course()
        self._answered = False

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._course.done

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it, or wanted to when it had ended."""
        return self._course.stopped

    def report(self) -> Report:
        """What became of the webhooks so far."""
        return make_report(
            self.webhooks, self._course.seconds, interrupted=self._course.interrupted
        )

    def stop(self) -> None:
        """Ends it: no request is begun any more, and `run` returns. From any thread."""
        self._course.stop()

    async def run(self, tell: Callable[[Webhook], None] | None = None) -> Report:
        """Plays until every webhook is delivered or given up, or it is stopped.

        It also ends when the first webhook is given up and no request was ever answered.

        Args:
            tell: told of a webhook when it is made, after each attempt and when it ends; on the
                loop, so it must be quick.

        Raises:
            ScenarioError: a step cannot be played.
        """
        self._tell = tell or _ignore
        self._course.begin()
        try:
            async with AsyncExitStack() as stack:
                post = self._post or (await stack.enter_async_context(Sender())).send
                await self._play(post)
        finally:
            self._course.end()
        return self.report()

    async def _play(self, post: Callable[[Outgoing], Awaitable[Reply]]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                carrier = Carrier(
                    post,
                    tasks,
                    speed=self.speed,
                    holding=self.scenario.while_retrying,
                    tell=self._note,
                )
                for step in self.scenario.steps:
                    await self._perform(step, carrier)
                await carrier.finish()
                watching.cancel()
        except* _StoppedError:
            pass  # The course knows why it ended.
        except* ScenarioError as group:
            raise group.exceptions[0] from None

    async def _perform(self, step: Step, carrier: Carrier) -> None:
        if step.after_s:
            await asyncio.sleep(step.after_s / self.speed)
        self.step = step
        for told in self._stage.play(step):
            webhook = self._make(told, step)
            self.webhooks.append(webhook)
            self._tell(webhook)
            carrier.take(webhook)
            if len(self.webhooks) % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)

    def _make(self, told: Told, step: Step) -> Webhook:
        target, mistake = self.target, step.carriage.mistake
        outgoing = build_sample(target.url, told.body, target.secret, target.program, mistake)
        return Webhook(
            number=len(self.webhooks) + 1,
            event=told.event,
            connection_id=told.connection_id,
            resource_type=told.resource_type,
            resource_id=told.resource_id,
            outgoing=outgoing,
            digest=hashlib.sha256(outgoing.body).digest(),
            carriage=step.carriage,
        )

    def _note(self, webhook: Webhook) -> None:
        self._tell(webhook)
        self._answered = self._answered or any(map(_has_answer, webhook.attempts))
        if webhook.fate is Fate.GIVEN_UP and not self._answered and self.report().unreachable:
            self._course.give_up()

    async def _watch(self) -> None:
        await self._course.wait()
        raise _StoppedError
