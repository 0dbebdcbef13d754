"""One refresh of a connection, from its beginning to its end: fetched, weighed and applied.

Imported when the first is asked for: most runs see no `sync.complete`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from receiver.refreshing.applying import apply, begin, end
from receiver.refreshing.client import Client
from receiver.refreshing.fetching import Fetcher, GivenUpError
from receiver.refreshing.planning import make_plan
from receiver.refreshing.sources import RefusedError
from receiver.refreshing.weighing import Job, weigh
from store import refreshes
from store.errors import StoreUnavailableError
from store.refreshes import RefreshState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.billing.bills import Allocation
    from receiver.refreshing.facts import Snapshot
    from receiver.refreshing.fetching import Progress
    from receiver.refreshing.pacing import Patience
    from receiver.refreshing.sources import Source, Sources
    from store.database import Database
    from store.reader import Connection

_T = TypeVar("_T")
_TELL_EVERY_S = 0.25
"""Progress is a write: more often than this nobody could read it."""
_log = logging.getLogger(__name__)


class JobRunner:
    """Runs refreshes, those of several connections at a time, on the loop that asks for them."""

    def __init__(
        self,
        database: Database,
        sources: Sources,
        allocation: Allocation,
        patience: Patience,
        clock: Callable[[], datetime],
    ) -> None:
        """Prepares; the arguments are those of `Refresher`."""
        self._database = database
        self._sources = sources
        self._allocation = allocation
        self._patience = patience
        self._clock = clock
        self._clients: dict[Source, Client] = {}
        self._opened = AsyncExitStack()

    async def run(self, connection_id: str) -> None:
        """Refreshes a connection for all that was asked for until now; does nothing if none was.

        What the API refuses, or fails to give, ends the refresh with its reason in the store.

        Raises:
            StoreUnavailableError: the store cannot be written; the refresh stays open.
        """
        job = await self._write(lambda connection: begin(connection, connection_id, self._clock()))
        if job is not None:
            await self._serve(job)

    async def close(self) -> None:
        """Closes the connections to the sources."""
        await self._opened.aclose()

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
            # Not awaited: should writing fail, the next progress tells all that this one would.
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
