"""Where a refresh after a sync fetches from: the API that is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.actions.effects import NO_SOURCE
from receiver.refreshing.client import RefusedError, Source

if TYPE_CHECKING:
    from meterbase_tui.settings import Settings


class RefreshSources:
    """The source of each connection, by the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def refuse(self, connection_id: str, /) -> str | None:
        """Why there is no source for a connection, and the cure; None when there is one."""
        del connection_id
        return None if self._api else NO_SOURCE

    async def open(self, connection_id: str, /) -> Source:
        """The source of a connection that is not refused."""
        if self._api is None:
            raise RefusedError(self.refuse(connection_id) or NO_SOURCE)
        return self._api

    async def close(self) -> None:
        """Nothing was started."""

    @property
    def _api(self) -> Source | None:
        url, key = self._settings.api_url, self._settings.api_key
        return Source(url, key) if url and key else None
