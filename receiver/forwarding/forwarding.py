"""All targets together, on the receiver's loop."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from receiver.clock import now
from receiver.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.background.workers import WorkerState
    from receiver.forwarding.answer import Answer
    from receiver.forwarding.forwarder import Forwarder
    from receiver.forwarding.health import TargetHealth
    from receiver.forwarding.target import ForwardSettings
    from store.database import Database

_TIMEOUT_S = 30.0
"""For an answer: longer than Propexo waits, since a developer may sit in a debugger."""
_TIMEOUT_ONCE_S = 5.0


class Forwarding:
    """Follows the store and passes on what is accepted, from `start` until `stop`."""

    def __init__(
        self,
        database: Database,
        settings: ForwardSettings,
        on_change: Callable[[TargetHealth], None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Prepares; nothing is sent before `start`.

        Args:
            database: the store.
            settings: what the user set.
            on_change: told of every change of a target's state, on the receiver's thread.
            clock: now, in UTC.
        """
        self.settings = settings
        self._database = database
        self._on_change = on_change
        self._clock = clock
        self._forwarders: tuple[Forwarder, ...] = ()
        self._tasks = Tasks()
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Begins with what an earlier run left. To be called before the port is open.

        Raises:
            StoreUnavailableError: the store cannot be written.
        """
        if not self.settings.targets:
            return
        # Here, since most runs have no target.
        from receiver.forwarding.client import ForwardClient  # noqa: PLC0415
        from receiver.forwarding.forwarder import Forwarder  # noqa: PLC0415

        once = self.settings.wait
        client = await self._stack.enter_async_context(
            ForwardClient(_TIMEOUT_ONCE_S if once else _TIMEOUT_S)
        )
        self._forwarders = tuple(
            Forwarder(
                self._database,
                target,
                client,
                self._clock,
                self._on_change,
                most_backlog=self.settings.most_backlog,
                once=once and index == 0,
            )
            for index, target in enumerate(self.settings.targets)
        )
        for forwarder in self._forwarders:
            await forwarder.begin()
            self._tasks.keep(forwarder.run(), f"forwarding to {forwarder.target.url}")

    async def stop(self) -> None:
        """Lets what is under way be answered for a moment, and ends."""
        await self._tasks.finish(0)
        await self._stack.aclose()

    def wake(self) -> None:
        """A delivery was accepted."""
        for forwarder in self._forwarders:
            forwarder.wake()

    def reload(self) -> None:
        """Somebody changed the queues in the store."""
        for forwarder in self._forwarders:
            forwarder.reload()

    @property
    def waits(self) -> bool:
        """Whether the sender gets the application's answer."""
        return self.settings.wait and bool(self._forwarders)

    async def first_answer(self, delivery_id: int, seconds: float) -> Answer | None:
        """What the first target answers to a delivery; None if it takes longer."""
        return await self._forwarders[0].first_answer(delivery_id, seconds)

    @property
    def workers(self) -> tuple[WorkerState, ...]:
        """How the tasks are that send; may be read from any thread."""
        return tuple(forwarder.worker for forwarder in self._forwarders)

    @property
    def health(self) -> tuple[TargetHealth, ...]:
        """How the targets are; may be read from any thread."""
        return tuple(forwarder.health for forwarder in self._forwarders)
