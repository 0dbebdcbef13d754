"""Fetches a snapshot: every page of every list before anything is made of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from receiver.refreshing import adapter
from receiver.refreshing.client import TryAgainError
from receiver.refreshing.facts import Snapshot
from receiver.refreshing.paging import Listing, ShiftedError, UnusableAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from receiver.refreshing.client import Client
    from receiver.refreshing.pacing import Patience
    from receiver.refreshing.paging import Page
    from receiver.refreshing.planning import Plan, Request

_T = TypeVar("_T")
_PASSES = 4
"""How often a list that moves is read from its beginning."""
_MOST_PROBLEMS = 20


class GivenUpError(Exception):
    """A request failed too often; `str()` is a sentence that says how."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far fetching has come."""

    requests: int = 0
    units: int = 0
    leases: int = 0
    retries: int = 0
    retry_at: datetime | None = None
    problem: str | None = None


class Fetcher:
    """Fetches one snapshot."""

    def __init__(
        self, client: Client, patience: Patience, tell: Callable[[Progress], None]
    ) -> None:
        """Prepares to fetch.

        Args:
            client: the source.
            patience: how often and how long a failed request is tried again.
            tell: told of every page and every failure.
        """
        self._client = client
        self._patience = patience
        self._tell = tell
        self._progress = Progress()

    async def fetch(self, connection_id: str, properties: Iterable[str], plan: Plan) -> Snapshot:
        """All that a plan asks for.

        Raises:
            RefusedError: the API will not answer.
            GivenUpError: it failed too often.
        """
        began = datetime.now(UTC)
        units = [await self._list(request, "units") for request in plan.units]
        leases = [await self._list(request, "leases") for request in plan.leases]
        problems: list[str] = []
        as_of = began + timedelta(seconds=self._client.skew_s)
        return Snapshot(
            connection_id=connection_id,
            properties=frozenset(properties),
            # Senders write whole seconds: an event of this very second is newer.
            as_of=as_of.replace(microsecond=0),
            units=await asyncio.to_thread(_read_all, units, adapter.read_unit, problems),
            leases=await asyncio.to_thread(_read_all, leases, adapter.read_lease, problems),
            whole=plan.whole,
            complete=all(listing.complete for listing in (*units, *leases)),
            requests=self._progress.requests,
            problems=tuple(problems[:_MOST_PROBLEMS]),
        )

    async def _list(self, request: Request, kind: str) -> Listing:
        """A whole list; one that moved under our feet is read anew."""
        before = getattr(self._progress, kind)
        listing = Listing()
        for _ in range(_PASSES):
            listing = Listing()
            try:
                while not listing.done:
                    listing.add(await self._page(request, listing.next_offset))
                    self._advance(**{kind: before + len(listing.records)})
            except ShiftedError:
                continue
            except UnusableAnswerError as error:
                raise GivenUpError(f"The API {error}.") from None
            if listing.complete:
                break
        if not listing.done:
            raise GivenUpError(f"The list of {request.path} moved each time that it was fetched.")
        return listing

    async def _page(self, request: Request, offset: int) -> Page:
        failures = 0
        while True:
            try:
                page = await self._client.fetch(request, offset)
            except TryAgainError as error:
                failures += 1
                if failures >= self._patience.tries:
                    raise GivenUpError(
                        f"{error} That was try {failures}; the next sync tries again, or "
                        "reprocess the event."
                    ) from None
                await self._wait(self._patience.delay(failures, error.retry_after_s), str(error))
            else:
                self._advance(requests=self._progress.requests + 1, retry_at=None, problem=None)
                return page

    async def _wait(self, seconds: float, problem: str) -> None:
        self._advance(
            retries=self._progress.retries + 1,
            retry_at=datetime.now(UTC) + timedelta(seconds=seconds),
            problem=problem,
        )
        await asyncio.sleep(seconds)

    def _advance(self, **values: Any) -> None:
        self._progress = replace(self._progress, **values)
        self._tell(self._progress)


def _read_all(
    listings: Iterable[Listing],
    read: Callable[[dict[str, Any], list[str]], _T | None],
    problems: list[str],
) -> tuple[_T, ...]:
    records = (record for listing in listings for record in listing.records)
    found = (read(record, problems) for record in records)
    return tuple(facts for facts in found if facts is not None)
