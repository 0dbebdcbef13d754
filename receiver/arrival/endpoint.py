"""The HTTP side of the receiver: one route, raw bytes, bounded in size and time.

aiohttp's low-level server, without its router and middlewares: there is one route, and it must not
cost more than it has to.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.http import HttpProcessingError, HttpVersion11

from receiver.arrival.intake import LARGE, UNAVAILABLE, Answer, Request
from receiver.arrival.reply import Reply, render_head
from receiver.arrival.route import WEBHOOK_PATH
from receiver.clock import now

if TYPE_CHECKING:
    from aiohttp.http import RawRequestMessage

    from receiver.arrival.intake import Intake, Tell

MAX_BODY = 1 << 20
BODY_DEADLINE_S = 3.0
_MOST_REASON = 100
UNREAD = "?"
"""Stands for the method and the path of what no parser could read; no request can have it."""
_BROKEN_OFF = (
    ConnectionError,
    web.PayloadAccessError,
    asyncio.IncompleteReadError,
    # Of aiohttp's parser in Python, for a chunk that is none.
    HttpProcessingError,
)
_log = logging.getLogger(__name__)


class _TooLargeError(Exception):
    pass


class _IncompleteError(Exception):
    pass


class Endpoint:
    """Answers every HTTP request that reaches the port."""

    def __init__(self, intake: Intake, *, max_body: int = MAX_BODY) -> None:
        self._intake = intake
        self._max_body = max_body

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to a request, within 5 s and never a 500."""
        try:
            answer = await self._answer(request)
        except Exception:  # noqa: BLE001
            # A mistake of ours must not show its traceback to the internet, and the sender tries
            # again after a 503.
            _log.exception("A request could not be answered")
            answer = UNAVAILABLE
        return _respond(answer)

    def take(self, message: RawRequestMessage, body: bytes, tell: Tell) -> Answer | None:
        """As `handle`, for a delivery of which all has come, and without a task of its own.

        Args:
            message: of a POST to the route.
            body: all of it, of at most `at_once` bytes.
            tell: called with the answer later on this loop, if there is none yet.
        """
        try:
            return self._intake.take(_describe(message, body), tell)
        except Exception:  # noqa: BLE001
            _log.exception("A request could not be answered")
            return UNAVAILABLE

    @property
    def at_once(self) -> int:
        """Bytes of the largest body that `take` takes."""
        return min(self._max_body, LARGE)

    async def refuse_malformed(self, request: web.BaseRequest, reason: str) -> web.StreamResponse:
        """The answer to what no parser could read as HTTP; its request line is not known."""
        # The parser's own first words; what follows them quotes what was sent.
        words = reason.strip().partition("\n")[0].partition(":")[0][:_MOST_REASON]
        unread = _describe(request)._replace(method=UNREAD, path=UNREAD)
        answer = await self._intake.refuse(
            unread, 400, "bad_request", f"It was not HTTP that can be read: {words}."
        )
        return _respond(answer)

    async def _answer(self, request: web.BaseRequest) -> Answer:
        # The path as it came is compared first: to take it apart costs more.
        if request.raw_path != WEBHOOK_PATH and request.path != WEBHOOK_PATH:  # noqa: PLR1714
            return await self._intake.refuse(
                _describe(request), 404, "not_found", _explain_path(request.path)
            )
        if request.method != "POST":
            return await self._intake.refuse(
                _describe(request),
                405,
                "method_not_allowed",
                f"Propexo calls this path with POST, not {request.method}.",
            )
        content = request.content
        if content.is_eof() and content.exception() is None and "Expect" not in request.headers:
            # All of it came with its headers, as most bodies do: there is nothing to wait for.
            body = content.read_nowait()
            if len(body) <= self._max_body:
                return await self._intake.accept(_describe(request, body))
            return await self._refuse_too_large(_describe(request))
        return await self._await(request, _describe(request))

    async def _await(self, request: web.BaseRequest, arrived: Request) -> Answer:
        body = bytearray()
        try:
            await self._read_into(body, request)
        except _TooLargeError:
            return await self._refuse_too_large(arrived)
        except TimeoutError:
            return await self._intake.refuse(
                arrived._replace(body=bytes(body)),
                408,
                "timeout",
                f"The body had not arrived after {BODY_DEADLINE_S:g} s; {len(body):,} bytes had.",
            )
        except _IncompleteError:
            return await self._intake.refuse(
                arrived._replace(body=bytes(body)),
                400,
                "incomplete",
                f"The body broke off after {len(body):,} bytes: the connection was closed, or its "
                "chunks make no sense.",
            )
        return await self._intake.accept(arrived._replace(body=bytes(body)))

    async def _refuse_too_large(self, arrived: Request) -> Answer:
        return await self._intake.refuse(
            arrived, 413, "too_large", f"The body is larger than {self._max_body:,} bytes."
        )

    async def _read_into(self, body: bytearray, request: web.BaseRequest) -> None:
        if (request.content_length or 0) > self._max_body:
            raise _TooLargeError
        try:
            async with asyncio.timeout(BODY_DEADLINE_S):
                await _encourage(request)
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > self._max_body:
                        raise _TooLargeError
        except _BROKEN_OFF as error:
            raise _IncompleteError from error


async def _encourage(request: web.BaseRequest) -> None:
    """Tells a sender that waits for it to go on; aiohttp does so only for its own router.

    Expectations that we do not know are nothing to refuse a webhook for (RFC 9110 §10.1.1).
    """
    expected = request.headers.get("Expect", "")
    if expected.lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _describe(request: web.BaseRequest | RawRequestMessage, body: bytes = b"") -> Request:
    path = request.raw_path if isinstance(request, web.BaseRequest) else request.path
    return Request(request.method, path, request.raw_headers, body, time.monotonic(), now())


def _explain_path(path: str) -> str:
    if path.rstrip("/") == WEBHOOK_PATH:
        return f"The path must be {WEBHOOK_PATH} without a slash at its end."
    return f"Propexo must call {WEBHOOK_PATH}; check the endpoint's address in its dashboard."


def render(answer: Answer, *, closes: bool) -> bytes:
    """An answer in HTTP/1.1, and whether it says that the connection is closed after it."""
    more = b"Connection: close\r\n" + _more(answer) if closes else _more(answer)
    return render_head(answer.status, len(answer.body), more) + answer.body


def ends(answer: Answer) -> bool:
    """Whether what else the connection holds is not to be read as another request."""
    return answer.status in (400, 408, 413)


def _respond(answer: Answer) -> Reply:
    return Reply(answer.status, answer.body, _more(answer), closes=ends(answer))


def _more(answer: Answer) -> bytes:
    if answer.status == 405:  # noqa: PLR2004
        return b"Allow: POST\r\n"
    return b"Retry-After: 60\r\n" if answer is UNAVAILABLE else b""
