"""The developer's own MeterBase, as far as forwarding is concerned: a real aiohttp server.

It keeps a log of what it got, checks signatures as the published example does, and answers as the
test says at that moment.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.stand_ins.ports import find_port
from tests.stand_ins.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Behaviour = Callable[["Received"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Received:
    """A request as the application got it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)
    request: web.Request = field(repr=False)

    @property
    def number(self) -> int | None:
        """What the test numbered it with."""
        value: int | None = json.loads(self.body)["data"].get("n")
        return value


class Application:
    """A server on a port of its own, that can stop listening and listen again."""

    def __init__(self, secret: bytes) -> None:
        self.log: list[Received] = []
        self.authentic: list[bool] = []
        self.behave: Behaviour = self._accept
        self.port = find_port()
        self._secret = secret
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def numbers(self) -> list[int | None]:
        """What arrived, in its order."""
        return [received.number for received in self.log]

    def listen(self) -> None:
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE_S)

    def hang_up(self) -> None:
        """Nobody listens any more."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(PATIENCE_S)

    def answer(self, *statuses: int, **headers: str) -> None:
        """Answers these statuses, one after the other; the last one from then on."""
        left = list(statuses)

        async def behave(_: Received) -> web.StreamResponse:
            status = left.pop(0) if len(left) > 1 else left[0]
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(status=status, text=f"status {status}", headers=names)

        self.behave = behave

    def close(self) -> None:
        self.hang_up()
        asyncio.run_coroutine_threadsafe(self._end_tasks(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    async def _hang_up(self) -> None:
        # asyncio 3.11 forgets a connection that is let in while its server closes: nobody would
        # answer it, nor close it.
        for site in self._runner.sites:
            server: Any = site._server
            for listening in server.sockets:
                self._loop.remove_reader(listening.fileno())
        await asyncio.sleep(0.01)
        await self._runner.cleanup()

    @staticmethod
    async def _end_tasks() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        application = web.Application(client_max_size=8 << 20)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = [(name, value) for name, value in request.headers.items()]
        received = Received(request.method, request.path_qs, headers, body, request)
        self.log.append(received)
        expected = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        self.authentic.append(request.headers.get("X-Propexo-Signature") == expected)
        return await self.behave(received)

    @staticmethod
    async def _accept(_: Received) -> web.StreamResponse:
        return web.Response(text="thank you", headers={"X-Answer": "yes"})
