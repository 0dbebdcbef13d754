"""Sends one delivery to a target, bounded in time, and reads a bounded part of the answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from receiver.arrival.hops import repeat_headers
from receiver.forwarding.answer import Answer, Failure, read_retry_after
from store.headers import shorten_headers

if TYPE_CHECKING:
    from receiver.forwarding.target import ForwardTarget
    from store.forwarding.forward_queue import Parcel

KEPT_OF_BODY = 16 << 10
_KEPT_OF_HEADERS = 8 << 10
_FAILURES: tuple[tuple[type[Exception], Failure], ...] = (
    (aiohttp.ClientConnectorCertificateError, Failure.UNTRUSTED),
    (aiohttp.ClientSSLError, Failure.UNTRUSTED),
    (aiohttp.ClientConnectorDNSError, Failure.UNKNOWN_HOST),
    (aiohttp.ConnectionTimeoutError, Failure.REFUSED),
    (aiohttp.ClientConnectorError, Failure.REFUSED),
    (TimeoutError, Failure.TIMED_OUT),
)
"""The first that fits; a kind that is a special case of another stands before it."""


class ForwardClient:
    """To be used with `async with`, on one event loop."""

    def __init__(self, timeout_s: float) -> None:
        """Prepares to send.

        Args:
            timeout_s: the longest that one exchange may take, in seconds.
        """
        self._timeout_s = timeout_s

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # A kept connection may be closed by the other side just when it is used again, and
            # then nobody knows whether the request was taken.
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s, connect=5.0),
            auto_decompress=False,
            # What is sent is what the sender sent, and nothing else.
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(self, target: ForwardTarget, parcel: Parcel) -> Answer:
        """Passes a delivery on: its method, its bytes, and its headers but for those of the hop.

        Args:
            target: where to; redirects are not followed.
            parcel: the delivery.
        """
        url = target.address_for(parcel.path)
        started = time.perf_counter()
        try:
            async with self._session.request(
                parcel.method,
                URL(url, encoded=url.isascii()),
                headers=_headers(target, parcel),
                data=parcel.body or None,
                allow_redirects=False,
            ) as response:
                body, size = await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            failure = next((f for kind, f in _FAILURES if isinstance(error, kind)), Failure.BROKEN)
            return Answer(ms=_since(started), failure=failure)
        return Answer(
            ms=_since(started),
            status=response.status,
            headers=shorten_headers(response.raw_headers, _KEPT_OF_HEADERS),
            body=body,
            size=size,
            retry_after_s=read_retry_after(
                response.headers.get("Retry-After", ""), datetime.now(UTC)
            ),
        )


def _headers(target: ForwardTarget, parcel: Parcel) -> CIMultiDict[str]:
    replaced = frozenset(name.lower() for name, _ in target.headers)
    kept, _ = repeat_headers(parcel.headers, without=replaced)
    return CIMultiDict((*kept, *target.headers))


async def _read(response: aiohttp.ClientResponse) -> tuple[bytes, int]:
    """The beginning of the body, and how much was read: all of it, so that the end is seen."""
    kept, size = bytearray(), 0
    async for chunk in response.content.iter_any():
        kept += chunk[: KEPT_OF_BODY - len(kept)]
        size += len(chunk)
    return bytes(kept), size


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
