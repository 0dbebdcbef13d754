"""Where a refresh after a sync fetches from: the API that is set, or a simulated one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from receiver.actions.effects import NO_SOURCE
from receiver.refreshing.sources import RefusedError, Source
from store.connections import SAMPLE_CONNECTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.settings import Settings


class Simulation(Protocol):
    """A property management system that only exists in this process."""

    @property
    def token(self) -> str:
        """The key that it takes."""

    async def start(self) -> str:
        """Serves it on loopback, and gives the address."""

    async def stop(self) -> None:
        """Ends that."""


class RefreshSources:
    """The source of each connection, by the settings.

    Without an API the sample connection is refreshed from a simulation, which is started when it is
    asked for the first time.
    """

    def __init__(
        self, settings: Settings, simulate: Callable[[], Simulation] | None = None
    ) -> None:
        url, key = settings.api_url, settings.api_key
        self._api = Source(url, key) if url and key else None
        self._simulate = simulate
        self._simulation: Simulation | None = None
        self._simulated: Source | None = None

    def refuse(self, connection_id: str, /) -> str | None:
        """Why there is no source for a connection, and the cure; None when there is one."""
        is_simulated = self._simulate is not None and connection_id == SAMPLE_CONNECTION
        return None if self._api or is_simulated else NO_SOURCE

    async def open(self, connection_id: str, /) -> Source:
        """The source of a connection that is not refused."""
        if self._api is not None:
            return self._api
        if self._simulate is None or connection_id != SAMPLE_CONNECTION:
            raise RefusedError(NO_SOURCE)
        if self._simulated is None:
            self._simulation = self._simulation or self._simulate()
            self._simulated = Source(await self._simulation.start(), self._simulation.token)
        return self._simulated

    async def close(self) -> None:
        """Ends the simulation, if it was started."""
        if self._simulated is not None and self._simulation is not None:
            await self._simulation.stop()
