"""One HTTP exchange, bounded in time and size, with every way to fail told apart."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from multidict import CIMultiDict

from receiver.checks.probes import PingOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from store.records import Json

_MOST_ANSWER = 64 << 10
_FAILURES: tuple[tuple[type[Exception], PingOutcome], ...] = (
    (TimeoutError, PingOutcome.TIMED_OUT),
    (aiohttp.ClientConnectorCertificateError, PingOutcome.UNTRUSTED),
    (aiohttp.ClientSSLError, PingOutcome.UNTRUSTED),
    (aiohttp.ClientConnectorDNSError, PingOutcome.UNKNOWN_HOST),
    (aiohttp.ClientConnectorError, PingOutcome.NOT_CONNECTED),
    (aiohttp.ClientError, PingOutcome.BROKEN),
    (OSError, PingOutcome.BROKEN),
    (ValueError, PingOutcome.BROKEN),
)
"""The first that fits; a kind that is a special case of another stands before it."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: CIMultiDict[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came back."""

    ms: float
    failure: PingOutcome | None = None
    """Why there is no answer."""
    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header of the answer, empty without one."""
        return (self.headers or {}).get(name, "")

    @property
    def json(self) -> Json:
        """The parsed body; None for what is no JSON."""
        try:
            value: Json = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value


def exchange(
    method: str,
    url: str,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    seconds: float,
    most: int = _MOST_ANSWER,
    by_proxy: bool = False,
) -> Exchange:
    """Sends a request and waits for the answer; redirects are not followed.

    Args:
        method: of HTTP.
        url: where to.
        headers: exactly those that are sent, besides what HTTP needs.
        body: of the request.
        seconds: for everything.
        most: bytes of the answer that are read.
        by_proxy: whether to use the proxy of the environment, if there is one.
    """
    request = _Request(method, url, CIMultiDict(headers), body)
    return asyncio.run(_exchange(request, seconds, most, by_proxy=by_proxy))


async def _exchange(request: _Request, seconds: float, most: int, *, by_proxy: bool) -> Exchange:
    started = time.perf_counter()
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=by_proxy,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )
    async with session:
        try:
            async with session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body or None,
                allow_redirects=False,
                ssl=_trust(request.url),
            ) as answer:
                content = await _read(answer, most)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = next(outcome for kind, outcome in _FAILURES if isinstance(error, kind))
            return Exchange(_since(started), failure)
        return Exchange(_since(started), None, answer.status, answer.headers, content)


def _trust(url: str) -> ssl.SSLContext | bool:
    """Whose certificates are believed: those of the system, as it is now (`SSL_CERT_FILE` too)."""
    return ssl.create_default_context() if url.startswith("https:") else True


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_any():
        content += chunk
        if len(content) >= most:
            break
    return bytes(content[:most])


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
