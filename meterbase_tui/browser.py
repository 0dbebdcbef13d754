"""The screen in a browser on this machine: `view` in a process of its own for every tab.

textual-serve draws it. It would answer any page that a browser has open, and whoever is logged in
here; so every request must come from the page itself and bring the key of its address.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from aiohttp import web
from textual_serve.server import Server

from meterbase_tui.terminal.signals import ENDING
from meterbase_tui.version import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
"""The only address: what is shown are people's data, over a connection that is not encrypted."""
_COOKIE = "meterbase-key"
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://{host}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched from anywhere else: textual-serve's page asks Google for a font."""
_CLOSING_S = 2.0


class BrowserServer(Server):
    """Serves one command to browsers on this machine that have the key.

    Args:
        command: a command line for the shell, which opens the screen.
        port: where to listen.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=HOST, port=port, title=PROGRAM)
        self._key = secrets.token_urlsafe(24)
        self._name = f"{HOST}:{port}"

    @property
    def address(self) -> str:
        """The address to open, with the key in it."""
        return f"http://{self._name}/?key={self._key}"

    def run(self, told: Callable[[str], None]) -> None:
        """Serves until a signal ends it.

        Args:
            told: what to do with the address, once it can be opened.

        Raises:
            OSError: the port cannot be listened on.
        """
        asyncio.run(self._serve(told))

    async def _serve(self, told: Callable[[str], None]) -> None:
        stop = asyncio.Event()
        for number in ENDING:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        app = await self._make_app()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self.port).start()
            told(self.address)
            await stop.wait()
        finally:
            await runner.cleanup()

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._let_in(request)
            return await handler(request)

        app.middlewares.append(guard)
        app.on_response_prepare.append(self._restrict)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Nothing; textual-serve would draw its own sign, before it can be reached."""

    def _let_in(self, request: web.Request) -> None:
        """Lets in who names this address, comes from its page, and has the key."""
        origin = request.headers.get("Origin", f"http://{self._name}")
        # A name that leads here is how a page elsewhere would get around its browser's rules.
        if request.host != self._name or origin != f"http://{self._name}":
            raise web.HTTPForbidden(text="This page is for its own address only.\n")
        if self._fits(request.query.get("key")) and request.path == "/":
            # The key goes out of the address, which stays in the browser's history.
            found = web.HTTPFound("/")
            found.set_cookie(_COOKIE, self._key, httponly=True, samesite="Strict")
            raise found
        if not self._fits(request.cookies.get(_COOKIE)):
            raise web.HTTPForbidden(text="Open the address that the program has printed.\n")

    def _fits(self, key: str | None) -> bool:
        return key is not None and secrets.compare_digest(key.encode(), self._key.encode())

    async def _restrict(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = _POLICY.format(host=self._name)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
