"""The ceiling: aiohttp reads a body and answers. No signature is checked and nothing is stored."""

from __future__ import annotations

import sys

from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    """Reads and forgets."""
    await request.read()
    return web.json_response({"status": "accepted"})


async def refuse(request: web.Request) -> web.Response:
    """The same with another status, to compare refusals with."""
    await request.read()
    return web.json_response({"error": "invalid_signature"}, status=401)


app = web.Application()
app.router.add_post("/api/webhooks/propexo", answer)
app.router.add_post("/refused", refuse)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
