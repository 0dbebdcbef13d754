"""Answers as bytes: head and body in one piece.

aiohttp's `Response` goes through a map of headers, hooks and a stream writer, which takes longer
than judging a webhook does; ours have a fixed head, and no body that could not be sent at once.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.http import HttpVersion10, HttpVersion11

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


class Reply(web.StreamResponse):
    """One answer, as JSON."""

    def __init__(
        self, status: int, body: bytes, more: bytes = b"", *, closes: bool = False
    ) -> None:
        """An answer that was not sent yet.

        Args:
            status: the HTTP status.
            body: JSON.
            more: header lines beside those of every answer, each with its end.
            closes: whether the connection is closed after it.
        """
        super().__init__(status=status)
        self._json = body
        self._more = more
        self._closes = closes
        self._keeps = False

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection stays open; known once it was sent."""
        return self._keeps

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Sends it.

        Raises:
            ConnectionResetError: there is nobody to send it to any more.
        """
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("The connection was closed before the answer.")
        self._keeps = request.keep_alive and not self._closes
        old = request.version == HttpVersion10
        connection = b"" if self._keeps else b"Connection: close\r\n"
        if self._keeps and old:
            connection = b"Connection: keep-alive\r\n"
        head = render_head(self.status, len(self._json), connection + self._more, old=old)
        transport.write(head if request.method == "HEAD" else head + self._json)
        # Who never reads what is answered is made to wait with what is asked.
        await request.writer.drain()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Does nothing: all of it was sent."""


def render_head(status: int, length: int, more: bytes = b"", *, old: bool = False) -> bytes:
    """The head of an answer, up to its body.

    Args:
        status: the HTTP status.
        length: of the body, in bytes.
        more: header lines beside those of every answer, each with its end.
        old: whether HTTP/1.0 is spoken.
    """
    head = _head(status, int(time.time()), old=old)
    return b"%b%bContent-Length: %d\r\n\r\n" % (head, more, length)


@lru_cache(maxsize=32)
def _head(status: int, second: int, *, old: bool) -> bytes:
    """The lines that all answers of a status have within a second."""
    version = HttpVersion10 if old else HttpVersion11
    return (
        f"HTTP/{version.major}.{version.minor} {status} {HTTPStatus(status).phrase}\r\n"
        "Content-Type: application/json\r\n"
        # Instead of the versions of Python and aiohttp, which are nobody's business.
        "Server: meterbase-tui\r\n"
        f"Date: {formatdate(second, usegmt=True)}\r\n"
    ).encode("ascii")
