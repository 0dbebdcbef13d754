"""A server that writes down what it gets, and answers as it is told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


@dataclass
class Received:
    """One request, as it came on the wire."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def values(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name.lower().encode()]


@dataclass
class Recorder:
    """The requests so far, and where to send more."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)


async def _accept(_request: web.BaseRequest) -> web.StreamResponse:
    return web.json_response({"status": "accepted", "delivery_id": 7})


@asynccontextmanager
async def _serve(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] = _accept,
) -> AsyncIterator[Recorder]:
    recorder = Recorder()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        recorder.requests.append(
            Received(request.method, request.raw_path, list(request.raw_headers), body)
        )
        return await answer(request)

    runner = web.ServerRunner(web.Server(handle, auto_decompress=False), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield recorder
    finally:
        await runner.cleanup()


@pytest.fixture
def serve() -> Callable[..., object]:
    return _serve
