"""A sender's connection: aiohttp's, with what it leaves out, and with a short way for deliveries.

A delivery that came whole, with nothing behind it, is judged and handed to the store where its
bytes arrive, and answered where its commit is told of. Without a request, a response and a task of
aiohttp's for each, that takes half the time. Everything else goes aiohttp's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http import HttpVersion11, RawRequestMessage

from receiver.arrival.endpoint import ends, render
from receiver.arrival.route import WEBHOOK_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import StreamReader

    from receiver.arrival.endpoint import Endpoint
    from receiver.arrival.intake import Answer

_LAST_READ_S = 0.05
"""How long the beginning of a body may be read of which the rest will never come."""

_BUILT_UPON = (
    "_buffer_paused",
    "_close",
    "_current_request",
    "_force_close",
    "_handler_waiter",
    "_keepalive",
    "_keepalive_handle",
    "_keepalive_timeout",
    "_make_error_handler",
    "_messages",
    "_next_keepalive_close_time",
    "_paused",
    "_process_keepalive",
    "_reading_paused",
    "_request_in_progress",
    "_waiter",
)
"""Of aiohttp, and none of its API."""


class Connection(web.RequestHandler):
    """A connection. What its parser refuses is logged and answered like everything else."""

    def __init__(self, manager: web.Server, endpoint: Endpoint, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._endpoint = endpoint
        self._last_payload: StreamReader | None = None
        """The body that came last, or is still coming."""
        self._has_ended = False
        """Whether the sender has ended its side: what came is answered, and that is all."""
        self._delivering = False
        """Whether a delivery that goes the short way waits for its answer."""
        self.since = self._loop.time()

    def data_received(self, data: bytes) -> None:
        """Reads what came, and has it answered: by the task that waits for it, or without."""
        # Hidden from the base class, which would wake the task for whatever came.
        waiter, self._waiter = self._waiter, None
        try:
            super().data_received(data)
        finally:
            self._waiter = waiter
        if self._messages:
            self._last_payload = self._messages[-1][1]
            self._serve()

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002
        """Goes on reading, if it does not: what is read in one piece paused nothing."""
        held = self._reading_paused or self._buffer_paused
        if held or (resume_parser and not self._delivering):
            super().resume_reading(resume_parser)

    def _serve(self) -> None:
        waiter = self._waiter
        idle = waiter is not None and not waiter.done()
        if waiter is not None and idle and not self._delivering and not self._deliver():
            waiter.set_result(None)

    def _deliver(self) -> bool:
        """Takes what came the short way, if it can go there."""
        manager, parser = self._manager, self._parser
        if manager is None or parser is None:
            return False  # the connection was closed
        message, payload = self._messages[0]
        if len(self._messages) > 1 or self._paused or self._buffer_paused:
            return False
        if not (isinstance(message, RawRequestMessage) and _is_plain(message)):
            return False
        whole = payload.is_eof() and payload.exception() is None
        if not whole or payload.total_bytes > self._endpoint.at_once:
            return False
        self._messages.popleft()
        parser.message_consumed()
        manager.requests_count += 1
        # Also for aiohttp's shutdown, which waits for the answer.
        self._delivering = self._request_in_progress = True
        answer = self._endpoint.take(message, payload.read_nowait(), self._answer)
        if answer is not None:
            self._answer(answer)
        return True

    def _answer(self, answer: Answer) -> None:
        """Ends the short way, and begins with what came meanwhile."""
        self._delivering = self._request_in_progress = False
        if self._handler_waiter is not None and not self._handler_waiter.done():
            self._handler_waiter.set_result(None)
        transport = self.transport
        if transport is None or transport.is_closing():
            return  # the sender has gone
        closes = ends(answer) or self._close or self._force_close
        transport.write(render(answer, closes=closes))
        if closes:
            self.close()
            transport.close()
            return
        self._keepalive = True
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(
                self._next_keepalive_close_time, self._process_keepalive
            )
        if self._messages:
            self._serve()

    def _process_keepalive(self) -> None:
        if self._delivering:
            self._keepalive_handle = None  # the time begins anew with the answer
        else:
            super()._process_keepalive()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Keeps a connection open of which the sender has only ended its own side.

        Some do that after a request, and then read the answer (RFC 9112 §9.6). It is closed once
        all that came was answered; what has not come by now never will.
        """
        payload = self._last_payload
        idle = self._waiter is not None and not self._messages and not self._delivering
        if payload is None or idle:
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
    def is_known(self) -> bool:
        """Whether all of aiohttp is there that this builds upon: some of it is none of its API."""
        return all(hasattr(self, name) for name in _BUILT_UPON)

    @property
    def open(self) -> bool:
        """Whether it is not being closed."""
        return self.transport is not None and not self.transport.is_closing()

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether it is the sender's turn: no request has begun, or not all of one has come."""
        if self._delivering:
            return False
        request = self._current_request
        return request is None or not request.content.is_eof()

    def _make_error_handler(
        self, err_info: Any
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """Instead of an answer of aiohttp's own, which quotes what was sent and leaves no row."""

        async def refuse(request: web.BaseRequest) -> web.StreamResponse:
            return await self._endpoint.refuse_malformed(request, str(err_info.message))

        return refuse


def _is_plain(message: RawRequestMessage) -> bool:
    """Whether nothing but its signature and its body has to be looked at."""
    return (
        message.path == WEBHOOK_PATH
        and message.method == "POST"
        and message.version == HttpVersion11
        and not message.should_close
        and not message.upgrade
        and "Expect" not in message.headers
    )


def _break_off(payload: StreamReader) -> None:
    """Ends a body whose rest will not come: who reads on gets an exception."""
    if not payload.is_eof():
        payload.set_exception(ConnectionResetError("The sender ended its side."))
        payload.feed_eof()  # there is nothing to wait for after the answer either
