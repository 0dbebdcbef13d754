"""Refreshes after `sync.complete`: a job beside the queue, so that no other event waits for it.

What is to be done is in the store, hence a crash in the middle of a refresh runs it again. Of one
connection one refresh runs at a time; what is asked for until it begins is served by it, and what
comes later by one more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from receiver.actions.effects import NO_SOURCE
from receiver.background.workers import Failures, persist
from receiver.billing.bills import BY_OCCUPANTS
from receiver.clock import now
from receiver.refreshing.applying import apply, begin, end
from receiver.refreshing.client import Client, RefusedError
from receiver.refreshing.fetching import Fetcher, GivenUpError
from receiver.refreshing.pacing import PATIENT
from receiver.refreshing.planning import make_plan
from receiver.refreshing.weighing import Job, weigh
from store import refreshes
from store.errors import StoreUnavailableError
from store.refreshes import RefreshState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.background.workers import WorkerState
    from receiver.billing.bills import Allocation
    from receiver.refreshing.client import Source
    from receiver.refreshing.facts import Snapshot
    from receiver.refreshing.fetching import Progress
    from receiver.refreshing.pacing import Patience
    from store.database import Database
    from store.reader import Connection

_T = TypeVar("_T")
_TELL_EVERY_S = 0.25
"""Progress is a write: more often than this nobody could read it."""
_STORE_PAUSE_S = 2.0
_log = logging.getLogger(__name__)


class Sources(Protocol):
    """Where the records of a connection can be fetched from."""

    def refuse(self, connection_id: str, /) -> str | None:
        """Why there is no source for a connection, and the cure; None when there is one."""

    async def open(self, connection_id: str, /) -> Source:
        """The source of a connection that is not refused; starts what it takes."""

    async def close(self) -> None:
        """Ends what `open` started."""


class NoSources:
    """Nothing can be fetched."""

    def __init__(self, reason: str = NO_SOURCE) -> None:
        self._reason = reason

    def refuse(self, _: str, /) -> str | None:
        """The reason."""
        return self._reason

    async def open(self, connection_id: str, /) -> Source:
        """Never possible."""
        raise RefusedError(f"{connection_id}: {self._reason}")

    async def close(self) -> None:
        """Nothing was started."""


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
        self._clients: dict[Source, Client] = {}
        self._opened = AsyncExitStack()
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
        await self._opened.aclose()
        await self._sources.close()

    async def _run(self) -> None:
        self._wanted.set()  # whatever an earlier run left
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                found = await self._write(refreshes.open_refreshes)
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
            job = await self._write(
                lambda connection: begin(connection, connection_id, self._clock())
            )
            if job is not None:
                await self._serve(job)
        except Exception as error:  # noqa: BLE001 - it stays open, and is tried again
            await self._pause("A refresh could not be written down", error)

    async def _serve(self, job: Job) -> None:
        try:
            if refusal := self._sources.refuse(job.connection_id):
                await self._end(job, RefreshState.SKIPPED, refusal)
                return
            snapshot = await self._fetch(job)
            weighed = await asyncio.to_thread(
                self._database.read,
                lambda connection: weigh(
                    connection, job, snapshot, self._allocation, self._clock()
                ),
            )
            await self._write(
                lambda connection: apply(connection, job, snapshot, weighed, self._clock())
            )
        except StoreUnavailableError:
            raise
        except (RefusedError, GivenUpError) as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - the event must not stay open for ever
            _log.exception("The refresh of event %d failed", job.event_id)
            problem = f"Refreshing failed by a mistake of ours: {type(error).__name__}: {error}"
        else:
            return
        await self._end(job, RefreshState.FAILED, problem)

    async def _fetch(self, job: Job) -> Snapshot:
        client = await self._client(await self._sources.open(job.connection_id))
        plan = make_plan(job.connection_id, job.linked, job.known_units, job.stats)
        await self._write(
            partial(refreshes.note, event_ids=job.event_ids, requests_expected=plan.requests)
        )
        fetcher = Fetcher(client, self._patience, self._teller(job))
        return await fetcher.fetch(job.connection_id, job.linked, plan)

    def _teller(self, job: Job) -> Callable[[Progress], None]:
        last = 0.0

        def tell(progress: Progress) -> None:
            nonlocal last
            if progress.retry_at is None and time.monotonic() - last < _TELL_EVERY_S:
                return
            last = time.monotonic()
            # Nobody waits for it: progress that cannot be written is made up for by the next.
            self._database.write(
                partial(refreshes.note, event_ids=job.event_ids, **asdict(progress))
            )

        return tell

    async def _client(self, source: Source) -> Client:
        if source not in self._clients:
            self._clients[source] = await self._opened.enter_async_context(Client(source))
        return self._clients[source]

    async def _end(self, job: Job, state: RefreshState, problem: str) -> None:
        await self._write(
            lambda connection: end(connection, job.event_ids, self._clock(), state, problem)
        )

    async def _write(self, work: Callable[[Connection], _T]) -> _T:
        return await asyncio.wrap_future(self._database.write(work))
