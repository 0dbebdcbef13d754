"""aiohttp's low-level server around our endpoint, with every limit in force."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from receiver.arrival.connection import Connection

if TYPE_CHECKING:
    import asyncio

    from receiver.arrival.endpoint import Endpoint

_KEEPALIVE_S = 15.0
_MAX_HEADERS = 64
MOST_CONNECTIONS = 200
"""Beyond these, the oldest that keep us waiting are closed: each may hold a mebibyte and a file."""
_GRACE_S = 1.0
"""So long a connection may keep us waiting all the same: a burst of deliveries is no attack."""
_SETTINGS: dict[str, Any] = {
    # The signature is over the bytes of the wire, and a bomb must not be unpacked.
    "auto_decompress": False,
    "keepalive_timeout": _KEEPALIVE_S,
    "lingering_time": 1.0,
    "max_headers": _MAX_HEADERS,
    "access_log": None,
}


class _Server(web.Server):
    """Makes a protocol for each connection; unlike its base it drops no setting in silence."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint.handle)
        self._endpoint = endpoint
        self._logger = _quiet_logger()

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def _make_room(self) -> None:
        """Closes the oldest connections that keep us waiting, as far as there are too many."""
        found = [each for each in self.connections if isinstance(each, Connection) and each.open]
        latest = self._loop.time() - _GRACE_S
        idle = [each for each in found if each.since < latest and each.keeps_us_waiting]
        for each in idle[: max(0, len(found) - MOST_CONNECTIONS)]:
            if each.transport is not None:
                each.transport.abort()

    def __call__(self) -> Connection:
        return Connection(self, self._endpoint, loop=self._loop, logger=self._logger, **_SETTINGS)


def build_runner(endpoint: Endpoint) -> web.ServerRunner:
    """The server around an endpoint.

    Raises:
        RuntimeError: this aiohttp does not take the settings, or answers what it cannot parse by
            itself.
    """
    server = _Server(endpoint)
    connection = server()
    if connection.max_headers != _MAX_HEADERS or not connection.is_known:
        raise RuntimeError("This version of aiohttp cannot be used: it is not what we build upon.")
    return web.ServerRunner(server, handle_signals=False, shutdown_timeout=3.0)


def _quiet_logger() -> logging.Logger:
    """The log of aiohttp itself: it quotes what strangers sent, so no terminal may see it.

    It goes to the program's own log if that is kept; a handler that does nothing keeps it off
    standard error otherwise.
    """
    logger = logging.getLogger("receiver.http")
    logger.addHandler(logging.NullHandler())
    return logger
