"""aiohttp's low-level server around our endpoint, with every limit in force."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from aiohttp import StreamReader

    from receiver.arrival.endpoint import Endpoint

_KEEPALIVE_S = 15.0
_MAX_HEADERS = 64
MOST_CONNECTIONS = 200
"""Beyond these, the oldest that keep us waiting are closed: each may hold a mebibyte and a file."""
_GRACE_S = 1.0
"""So long a connection may keep us waiting all the same: a burst of deliveries is no attack."""
_LAST_READ_S = 0.05
"""How long the beginning of a body may be read of which the rest will never come."""
_SETTINGS: dict[str, Any] = {
    # The signature is over the bytes of the wire, and a bomb must not be unpacked.
    "auto_decompress": False,
    "keepalive_timeout": _KEEPALIVE_S,
    "lingering_time": 1.0,
    "max_headers": _MAX_HEADERS,
    "access_log": None,
}


class _Protocol(web.RequestHandler):
    """A connection. What its parser refuses is logged and answered like everything else."""

    def __init__(self, manager: _Server, endpoint: Endpoint, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._endpoint = endpoint
        self._last_payload: StreamReader | None = None
        """The body that came last, or is still coming."""
        self._has_ended = False
        """Whether the sender has ended its side: what came is answered, and that is all."""
        self.since = self._loop.time()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._messages:
            self._last_payload = self._messages[-1][1]

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Keeps a connection open of which the sender has only ended its own side.

        Some do that after a request, and then read the answer (RFC 9112 §9.6). It is closed once
        all that came was answered; what has not come by now never will.
        """
        payload = self._last_payload
        if payload is None or (self._waiter is not None and not self._messages):
            return None  # nothing is asked, or all was answered
        if not payload.is_eof():
            # What has come is read first: an exception would be raised before it.
            self._loop.call_later(_LAST_READ_S, _break_off, payload)
        self._has_ended = True
        self._close_after_last()
        return True

    async def _handle_request(self, *args: Any) -> Any:
        self._close_after_last()
        return await super()._handle_request(*args)

    def _close_after_last(self) -> None:
        """Closes the connection once the request in hand is answered, if no other can follow."""
        if self._has_ended and not self._messages:
            self.close()

    @property
    def open(self) -> bool:
        """Whether it is not being closed."""
        return self.transport is not None and not self.transport.is_closing()

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether it is the sender's turn: no request has begun, or not all of one has come."""
        request = self._current_request
        return request is None or not request.content.is_eof()

    def _make_error_handler(
        self, err_info: Any
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """Instead of an answer of aiohttp's own, which quotes what was sent and leaves no row."""

        async def refuse(request: web.BaseRequest) -> web.StreamResponse:
            return await self._endpoint.refuse_malformed(request, str(err_info.message))

        return refuse


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
        found = [each for each in self.connections if isinstance(each, _Protocol) and each.open]
        latest = self._loop.time() - _GRACE_S
        idle = [each for each in found if each.since < latest and each.keeps_us_waiting]
        for each in idle[: max(0, len(found) - MOST_CONNECTIONS)]:
            if each.transport is not None:
                each.transport.abort()

    def __call__(self) -> _Protocol:
        return _Protocol(self, self._endpoint, loop=self._loop, logger=self._logger, **_SETTINGS)


def _break_off(payload: StreamReader) -> None:
    """Ends a body whose rest will not come: who reads on gets an exception."""
    if not payload.is_eof():
        payload.set_exception(ConnectionResetError("The sender ended its side."))
        payload.feed_eof()  # there is nothing to wait for after the answer either


def build_runner(endpoint: Endpoint) -> web.ServerRunner:
    """The server around an endpoint.

    Raises:
        RuntimeError: this aiohttp does not take the settings, or answers what it cannot parse by
            itself.
    """
    server = _Server(endpoint)
    if server().max_headers != _MAX_HEADERS or not hasattr(
        web.RequestHandler, "_make_error_handler"
    ):
        raise RuntimeError("This version of aiohttp cannot be used: it ignores our settings.")
    return web.ServerRunner(server, handle_signals=False, shutdown_timeout=3.0)


def _quiet_logger() -> logging.Logger:
    """The log of aiohttp itself: it quotes what strangers sent, so no terminal may see it.

    It goes to the program's own log if that is kept; a handler that does nothing keeps it off
    standard error otherwise.
    """
    logger = logging.getLogger("receiver.http")
    logger.addHandler(logging.NullHandler())
    return logger
