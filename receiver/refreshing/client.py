"""The API of Propexo, or what stands in for it: fetches pages, patiently and within bounds.

The key goes to the address that was set and nowhere else: redirects are not followed, certificates
are verified, and no error that is raised here quotes the key or an answer's text.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

import aiohttp
from yarl import URL

from receiver.refreshing import pacing
from receiver.refreshing.paging import LIMIT, Page, UnusableAnswerError, read_page
from receiver.refreshing.sources import RefusedError

if TYPE_CHECKING:
    from receiver.refreshing.pacing import Allowance
    from receiver.refreshing.planning import Request
    from receiver.refreshing.sources import Source

REQUEST_S = 30.0
"""The longest that one page may take; the API slows answers by 2 s near the limit."""
_MOST_BYTES = 32 << 20
_OK, _TOO_MANY = 200, 429
_TRANSIENT = frozenset({408, 425, _TOO_MANY})
_SERVER_ERROR = 500


class TryAgainError(Exception):
    """A request failed that may succeed later; `str()` is a sentence."""

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Client:
    """Fetches pages of one source, to be used with `async with`.

    Several refreshes may share one: all of them together keep the source's rate limit.
    """

    def __init__(self, source: Source, request_s: float = REQUEST_S) -> None:
        base = source.url.rstrip("/")
        self._base = base if base.endswith("/v1") else base + "/v1"
        self._source = source
        self._request_s = request_s
        self._turn = asyncio.Lock()
        self._allowance: Allowance | None = None
        self._window_began = 0.0
        self._skew: float | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._request_s),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    @property
    def skew_s(self) -> float:
        """How many seconds the server's clock is ahead of ours, as far as a `Date` tells."""
        # A `Date` has whole seconds: what is less than a few proves nothing.
        skew = self._skew or 0.0
        return skew if abs(skew) > _TELLING_SKEW_S else 0.0

    async def fetch(self, request: Request, offset: int) -> Page:
        """One page.

        Raises:
            RefusedError: asking again is of no use.
            TryAgainError: it may be later.
        """
        async with self._turn:
            await asyncio.sleep(self._pause())
        status, body = await self._get(request, offset)
        if status != _OK:
            raise RefusedError(_explain_refusal(status))
        try:
            # A page of the largest size takes longer than the receiver's loop should stand still.
            return await asyncio.to_thread(read_page, body)
        except UnusableAnswerError as error:
            raise TryAgainError(f"The API {error}.") from None

    async def _get(self, request: Request, offset: int) -> tuple[int, bytes]:
        query = [*request.filters, ("offset", str(offset)), ("limit", str(LIMIT))]
        url = URL(f"{self._base}/{request.path}/").with_query([*query, ("order-by", "id:asc")])
        try:
            async with self._session.get(
                url,
                headers={
                    "Authorization": f"Bearer {self._source.key}",
                    "Accept": "application/json",
                },
                allow_redirects=False,
            ) as response:
                self._note(response)
                if response.status in _TRANSIENT or response.status >= _SERVER_ERROR:
                    raise _transient(response)
                return response.status, await _read(response)
        except aiohttp.ClientConnectorCertificateError as error:
            raise RefusedError(
                f"{self._where} could not be reached safely: its certificate is not trusted. "
                "Check PROPEXO_API_URL."
            ) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise TryAgainError(self._explain(error)) from None

    @property
    def _where(self) -> str:
        url = URL(self._base)
        return f"{url.host}:{url.port}" if url.explicit_port else str(url.host)

    def _explain(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self._where} did not answer within {self._request_s:g} s."
        if isinstance(error, aiohttp.ClientConnectorError):
            return f"Nothing answers at {self._where}."
        return f"{self._where} broke off its answer ({type(error).__name__})."

    def _note(self, response: aiohttp.ClientResponse) -> None:
        before, self._allowance = self._allowance, pacing.read_allowance(response.headers)
        if self._allowance and (before is None or before.remaining < self._allowance.remaining):
            self._window_began = time.monotonic()
        date = response.headers.get("Date")
        if date is not None and self._skew is None:
            self._skew = _skew_of(date)

    def _pause(self) -> float:
        return pacing.pause_after(self._allowance, time.monotonic() - self._window_began)


_TELLING_SKEW_S = 3.0


def _skew_of(date: str) -> float | None:
    try:
        return (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise TryAgainError(f"The API sent a page of more than {_MOST_BYTES >> 20} MiB.")
    return bytes(content)


def _transient(response: aiohttp.ClientResponse) -> TryAgainError:
    asked = pacing.read_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    if response.status != _TOO_MANY:
        return TryAgainError(f"The API answered {response.status}.", asked)
    # If the answer does not say how long to wait, a minute: the limit counts by the minute.
    wait = pacing.WINDOW_S if asked is None else asked
    return TryAgainError("The API's limit of requests a minute is used up.", wait)


def _explain_refusal(status: int) -> str:
    if status in (401, 403):
        return (
            f"The API refused the key ({status}). Set PROPEXO_API_KEY to a valid one, restart, and "
            "reprocess the event."
        )
    if 300 <= status < 400:  # noqa: PLR2004
        return (
            f"The API sent us elsewhere ({status}), where the key must not go. Set "
            "PROPEXO_API_URL to the address that it really has."
        )
    return (
        f"The API did not take the request ({status}). Check that PROPEXO_API_URL is the API's "
        "base address, such as https://api.propexo.com."
    )
