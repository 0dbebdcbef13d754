"""Delivers webhooks as Propexo does: in order within a connection, and again when they fail.

The published description names the delays of the retries, and guarantees the order of delivery
within a connection. Both hold together only if the next webhook of a connection waits until the one
before was delivered or given up; a scenario may let it go on instead (`Holding.GO_ON`). Connections
do not wait for each other.

All waiting is done by the event loop, so a loop with a clock of its own plays a day in no time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sample_payloads.simulation.scenario import Carriage, Holding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sample_payloads.sending import Outgoing, Reply

RETRY_AFTER_S = (60.0, 300.0, 1_800.0, 7_200.0, 86_400.0)
"""How long after each failed attempt the next one is made; after the last it is given up."""
_AT_ONCE = 32
"""How many copies of one webhook are on their way at the same time."""


class Fate(StrEnum):
    """How far a webhook has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Lost(StrEnum):
    """What a scenario let get lost of an attempt."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request, or one that was lost before it was sent."""

    number: int
    """From 1; the copies of a first attempt are all number 1."""
    at: float
    """When it ended, in seconds of the loop's clock."""
    status: int | None
    """None when no answer came back."""
    ms: float | None
    """How long it took, in milliseconds; None for one that was not sent."""
    error: str | None = None
    """Why there was no answer, as a sentence."""
    lost: Lost | None = None
    duplicate: bool = False
    """Whether the answer said that the event was known already."""

    @property
    def accepted(self) -> bool:
        """Whether Propexo is content: any 2xx that came back."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


@dataclass(slots=True, kw_only=True, eq=False)
class Webhook:
    """One thing to tell, and what became of it."""

    number: int
    """From 1, in the order in which things happened."""
    event: str
    connection_id: str | None
    resource_type: str | None
    resource_id: str | None
    outgoing: Outgoing = field(repr=False)
    """Made once: every attempt sends the same bytes with the same signature."""
    digest: bytes = field(repr=False)
    """The SHA-256 of the body, by which a store finds it."""
    carriage: Carriage
    attempts: list[Attempt] = field(default_factory=list)
    fate: Fate = Fate.WAITING


class Carrier:
    """Takes webhooks in the order in which they happen, and delivers them."""

    def __init__(
        self,
        post: Callable[[Outgoing], Awaitable[Reply]],
        tasks: asyncio.TaskGroup,
        *,
        speed: float = 1.0,
        holding: Holding = Holding.WAIT,
        tell: Callable[[Webhook], None] = lambda _webhook: None,
    ) -> None:
        """Begins with nothing to deliver.

        Args:
            post: sends a request; a request without an answer is a reply without a status.
            tasks: where the deliveries run.
            speed: what the delays of retries are divided by.
            holding: what a connection does while one of its webhooks is retried.
            tell: told of every attempt and every end.
        """
        self._post = post
        self._tasks = tasks
        self._speed = speed
        self._holding = holding
        self._tell = tell
        self._lanes: dict[str | None, deque[Webhook]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def take(self, webhook: Webhook) -> None:
        """Queues a webhook behind those of its connection."""
        lane = self._lanes.get(webhook.connection_id)
        if lane is not None:
            lane.append(webhook)
            return
        self._lanes[webhook.connection_id] = deque([webhook])
        self._start(self._drain(webhook.connection_id))

    async def finish(self) -> None:
        """Waits until everything that was taken is delivered or given up."""
        while self._running:
            await asyncio.wait(self._running)

    def _start(self, work: Any) -> None:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _drain(self, connection_id: str | None) -> None:
        lane = self._lanes[connection_id]
        while lane:
            webhook = lane.popleft()
            if await self._try(webhook, 1):
                continue
            if self._holding is Holding.WAIT:
                await self._retry(webhook)
            else:
                self._start(self._retry(webhook))
        del self._lanes[connection_id]

    async def _retry(self, webhook: Webhook) -> None:
        delays = RETRY_AFTER_S if webhook.carriage.retries else ()
        for number, delay in enumerate(delays, 2):
            await asyncio.sleep(delay / self._speed)
            if await self._try(webhook, number):
                return
        webhook.fate = Fate.GIVEN_UP
        self._tell(webhook)

    async def _try(self, webhook: Webhook, number: int) -> bool:
        """Makes an attempt, or as many as there are copies; whether one was accepted."""
        copies = webhook.carriage.copies if number == 1 else 1
        turns = asyncio.Semaphore(_AT_ONCE)

        async def attempt() -> Attempt:
            async with turns:
                return await self._attempt(webhook, number)

        made = await asyncio.gather(*(attempt() for _ in range(copies)))
        webhook.attempts += made
        if any(each.accepted for each in made):
            webhook.fate = Fate.DELIVERED
        self._tell(webhook)
        return webhook.fate is Fate.DELIVERED

    async def _attempt(self, webhook: Webhook, number: int) -> Attempt:
        carriage = webhook.carriage
        now = asyncio.get_running_loop().time
        if number <= carriage.lose_requests:
            return Attempt(number=number, at=now(), status=None, ms=None, lost=Lost.REQUEST)
        reply = await self._post(webhook.outgoing)
        if number <= carriage.lose_requests + carriage.lose_answers and reply.status is not None:
            return Attempt(number=number, at=now(), status=None, ms=reply.ms, lost=Lost.ANSWER)
        answer = reply.answer if isinstance(reply.answer, dict) else {}
        return Attempt(
            number=number,
            at=now(),
            status=reply.status,
            ms=reply.ms,
            error=reply.error,
            duplicate=answer.get("duplicate") is True,
        )
