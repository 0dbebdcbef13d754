"""Where a refresh fetches from, as far as the receiver knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from receiver.actions.effects import NO_SOURCE


class RefusedError(Exception):
    """The API will not answer however often it is asked; `str()` says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where records are fetched from."""

    url: str
    """The base address, without the version."""
    key: str = field(repr=False)


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
