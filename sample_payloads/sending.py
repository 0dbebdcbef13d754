"""Sends requests of our own: samples and replays. One at a time, so that their order is kept."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from receiver.arrival.origin import ORIGIN_HEADER, mark
from sample_payloads.signatures import sign_body
from store.records import Origin

if TYPE_CHECKING:
    from receiver.arrival.hops import HeaderLines
    from sample_payloads.signatures import Mistake
    from store.records import Json

TIMEOUT_S = 5.0
"""For everything, from connecting to the end of the answer: a webhook's sender waits no longer."""
_MOST_ANSWER = 64 << 10
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request that is ready to be sent."""

    url: str
    headers: HeaderLines = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of a request."""

    status: int | None
    """None when there was no answer."""
    answer: Json
    """The answer's body: parsed where it is JSON, else a text."""
    ms: float
    """From connecting to the last byte of the answer, in milliseconds."""
    error: str | None = None
    """Why there was no answer, as a sentence."""

    @property
    def accepted(self) -> bool:
        """Whether a webhook's sender would be content: exactly 200."""
        return self.status == _OK


def build_sample(
    url: str,
    body: bytes,
    secret: bytes,
    program: str,
    mistake: Mistake | None = None,
    *,
    signed_for: bytes | None = None,
) -> Outgoing:
    """A signed body as Propexo would post it, marked as a sample.

    Args:
        url: where to.
        body: what to sign.
        secret: the signing secret.
        program: name and version for the `User-Agent` header.
        mistake: how to sign wrongly, if at all.
        signed_for: another body whose signature is sent, as somebody would who edits a body and
            does not sign it again.
    """
    signed = sign_body(secret, body, mistake)
    if signed_for is not None:
        signed = replace(signed, headers=sign_body(secret, signed_for).headers)
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", program),
        *signed.headers,
        (ORIGIN_HEADER, mark(secret, signed.body, Origin.SAMPLE)),
    )
    return Outgoing(url=url, headers=headers, body=signed.body)


class Sender:
    """Sends requests one after the other; to be used with `async with`."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        """Prepares to send.

        Args:
            timeout_s: the longest that one request may take, in seconds.
        """
        self._timeout_s = timeout_s

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # A kept connection may be closed by the other side just when it is used again.
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            auto_decompress=False,
            # What is sent is what the request says, and nothing else.
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(self, outgoing: Outgoing) -> Reply:
        """Sends a request and waits for its answer. Redirects are answers, and not followed."""
        started = time.perf_counter()
        try:
            async with self._session.request(
                outgoing.method,
                # What is written in ASCII is meant to the letter: `%2F` is not `/`.
                URL(outgoing.url, encoded=outgoing.url.isascii()),
                headers=CIMultiDict(outgoing.headers),
                data=outgoing.body or None,
                allow_redirects=False,
            ) as response:
                content = await _read_some(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            sentence = _explain(error, outgoing.url, self._timeout_s)
            return Reply(status=None, answer=None, ms=_since(started), error=sentence)
        return Reply(status=response.status, answer=_read(content), ms=_since(started))


async def send(outgoing: Outgoing, timeout_s: float = TIMEOUT_S) -> Reply:
    """Sends one request; see `Sender`."""
    async with Sender(timeout_s) as sender:
        return await sender.send(outgoing)


async def _read_some(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) >= _MOST_ANSWER:
            break
    return bytes(content[:_MOST_ANSWER])


def _read(content: bytes) -> Json:
    text = content.decode("utf-8", "backslashreplace")
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


def _explain(error: Exception, url: str, timeout_s: float) -> str:
    for kinds, phrase in _PHRASES:
        if isinstance(error, kinds):
            return f"{url} {phrase.format(seconds=timeout_s)}."
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = os.strerror(error.errno).lower() if error.errno else "no connection"
        return f"Nothing answers at {url} ({reason})."
    return f"{url} did not answer as HTTP does ({type(error).__name__})."


_PHRASES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((TimeoutError,), "did not answer within {seconds:g} s"),
    (
        (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError),
        "could not be reached safely: its certificate is not trusted",
    ),
    ((aiohttp.ClientConnectorDNSError,), "could not be reached: its host is not known"),
    (
        (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError),
        "closed the connection without an answer",
    ),
    ((aiohttp.InvalidURL, ValueError), "is not an address that a request can be sent to"),
)
"""The first that fits; a kind that is a special case of another stands before it."""
