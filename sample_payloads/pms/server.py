"""Serves a portfolio over HTTP on loopback, as Propexo's API does."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import time
from typing import TYPE_CHECKING

from aiohttp import web

from sample_payloads.pms import listing
from sample_payloads.pms.rate_limit import A_MINUTE, RateLimit
from sample_payloads.portfolio import Portfolio, sample_portfolio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_HOST = "127.0.0.1"


class PortTakenError(OSError):
    """The port cannot be opened; `str()` says so and what to do."""


class SimulatedPms:
    """A server for one portfolio. It runs on the loop that `start` is awaited on.

    The portfolio is read anew for each request, on that loop; whoever changes it does so there too.
    """

    def __init__(
        self,
        portfolio: Portfolio | None = None,
        *,
        token: str | None = None,
        port: int = 0,
        requests_a_minute: int = A_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepares to serve.

        Args:
            portfolio: what to serve; the sample connection's by default.
            token: the bearer token to ask for; a new one by default.
            port: where to listen on 127.0.0.1; 0 takes any that is free.
            requests_a_minute: the rate limit.
            clock: seconds, for the rate limit.
            sleep: how to wait when answers are slowed.
        """
        self._portfolio = portfolio
        self.token = token or secrets.token_urlsafe(24)
        self.requests = 0
        """How many came so far, refused ones included."""
        self._port = port
        self._limit = RateLimit(clock, requests_a_minute)
        self._sleep = sleep
        self._runner: web.ServerRunner | None = None

    @property
    def portfolio(self) -> Portfolio:
        """What is served; the sample one is made when it is asked for first."""
        if self._portfolio is None:
            self._portfolio = sample_portfolio()
        return self._portfolio

    async def start(self) -> str:
        """Listens; the address, without the version.

        Raises:
            PortTakenError: the port cannot be opened.
        """
        logger = logging.getLogger("sample_payloads.pms")
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
        server = web.Server(self._answer, access_log=None, logger=logger)
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, _HOST, self._port).start()
        except (OSError, OverflowError) as error:
            await self.stop()
            raise PortTakenError(
                f"Port {self._port} on {_HOST} cannot be opened for the simulated API ({error}). "
                "Choose another, or 0 for any that is free."
            ) from error
        return f"http://{_HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stops listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests += 1
        if not self._knows(request.headers.get("Authorization", "")):
            return _respond(listing.refuse_token())
        turn = self._limit.take()
        limits = {
            "x-ratelimit-limit": str(self._limit.limit),
            "x-ratelimit-remaining": str(turn.remaining),
        }
        if not turn.allowed:
            return _respond(listing.refuse_more(), limits)
        if turn.delay_s:
            await self._sleep(turn.delay_s)
        return _respond(self._look_up(request), limits)

    def _knows(self, authorization: str) -> bool:
        expected = f"Bearer {self.token}".encode()
        return hmac.compare_digest(authorization.encode("utf-8", "surrogateescape"), expected)

    def _look_up(self, request: web.BaseRequest) -> listing.Answer:
        if request.method not in ("GET", "HEAD"):
            return listing.refuse_method()
        match request.path.strip("/").split("/"):
            case ["v1", kind]:
                return listing.answer_list(self.portfolio, kind, request.query)
            case ["v1", kind, record_id]:
                return listing.answer_one(self.portfolio, kind, record_id)
        return listing.refuse_path()


def _respond(answer: listing.Answer, headers: dict[str, str] | None = None) -> web.Response:
    status, document = answer
    return web.json_response(document, status=status, headers=headers)
