"""Refreshes after `sync.complete`: a job beside the queue, so that no other event waits for it.

What is to be done is in the store, hence a crash in the middle of a refresh runs it again. Of one
connection one refresh runs at a time; what is asked for until it begins is served by it, and what
comes later by one more.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from receiver.background.workers import Failures, persist
from receiver.billing.bills import BY_OCCUPANTS
from receiver.clock import now
from receiver.refreshing.pacing import PATIENT
from store import refreshes
from store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.background.workers import WorkerState
    from receiver.billing.bills import Allocation
    from receiver.refreshing.job_runner import JobRunner
    from receiver.refreshing.pacing import Patience
    from receiver.refreshing.sources import Sources
    from store.database import Database

_STORE_PAUSE_S = 2.0
_log = logging.getLogger(__name__)


class Refresher:
    """Runs what events asked for, on the event loop that starts it."""

    def __init__(
        self,
        database: Database,
        sources: Sources,
        allocation: Allocation = BY_OCCUPANTS,
        patience: Patience = PATIENT,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Prepares to run.

        Args:
            database: where jobs are found and applied.
            sources: where records come from.
            allocation: how bills are divided, for what is told of a change.
            patience: how often and how long a failed request is tried again.
            clock: our own clock.
        """
        self._database = database
        self._sources = sources
        self._allocation = allocation
        self._patience = patience
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted = asyncio.Event()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._runner: JobRunner | None = None
        self._main: asyncio.Task[None] | None = None
        self._failures = Failures("Refreshing after a sync")

    async def start(self) -> None:
        """Takes up what an earlier run left, then whatever is asked for."""
        self._loop = asyncio.get_running_loop()
        self._main = self._loop.create_task(persist(self._run, self._failures))

    @property
    def worker(self) -> WorkerState:
        """How the task is that looks for what is to be done."""
        return self._failures.state(running=self._main is not None and not self._main.done())

    def refuse(self, connection_id: str, /) -> str | None:
        """Why no refresh can follow a sync of a connection, and the cure; None when one can."""
        return self._sources.refuse(connection_id)

    def wake(self) -> None:
        """A refresh may have been asked for. May be called from any thread; never waits."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wanted.set)

    async def stop(self) -> None:
        """Ends at once; what was under way is run again at the next start."""
        tasks = [task for task in (self._main, *self._jobs.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.close()
        await self._sources.close()

    async def _run(self) -> None:
        self._wanted.set()  # whatever an earlier run left
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                found = await asyncio.wrap_future(self._database.write(refreshes.open_refreshes))
            except Exception as error:  # noqa: BLE001 - what it is for must go on
                await self._pause("Refreshes cannot be looked for", error)
                self._wanted.set()
                continue
            for connection_id in {refresh.connection_id for refresh in found}:
                if connection_id not in self._jobs:
                    self._begin(connection_id)

    async def _pause(self, what: str, error: Exception) -> None:
        """A locked or full store is told by its own check; anything else is a mistake of ours."""
        if not isinstance(error, StoreUnavailableError):
            _log.error("%s", what, exc_info=error)
        await asyncio.sleep(_STORE_PAUSE_S)

    def _begin(self, connection_id: str) -> None:
        def ended(_: asyncio.Task[None]) -> None:
            del self._jobs[connection_id]
            self._wanted.set()

        task = asyncio.get_running_loop().create_task(self._refresh(connection_id))
        self._jobs[connection_id] = task
        task.add_done_callback(ended)

    async def _refresh(self, connection_id: str) -> None:
        """One refresh of a connection, to its end; only a cancelled one stays open."""
        try:
            runner = await self._need_runner()
            await runner.run(connection_id)
        except Exception as error:  # noqa: BLE001 - it stays open, and is tried again
            await self._pause("A refresh could not be written down", error)

    async def _need_runner(self) -> JobRunner:
        # Imported on a thread, since deliveries are answered on this loop meanwhile.
        make = await asyncio.to_thread(_import_runner)
        if self._runner is None:
            self._runner = make(
                self._database, self._sources, self._allocation, self._patience, self._clock
            )
        return self._runner


def _import_runner() -> type[JobRunner]:
    from receiver.refreshing.job_runner import JobRunner  # noqa: PLC0415

    return JobRunner
