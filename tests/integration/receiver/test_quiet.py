"""What aiohttp has to say goes to the log, if one is kept, and never to a terminal.

Tried in a process of its own: a test's has somebody who listens to every log.
"""

from __future__ import annotations

import subprocess
import sys

ANSWERING = """
import asyncio
from receiver.arrival.http_server import build_runner
from aiohttp import web

class Endpoint:
    async def handle(self, request):
        raise RuntimeError("what a stranger sent: " + request.path)

async def ask():
    runner = build_runner(Endpoint())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(b"GET /quoted HTTP/1.1\\r\\nHost: test\\r\\n\\r\\n")
    print((await reader.readline()).decode().strip())
    writer.close()
    await runner.cleanup()

asyncio.run(ask())
"""


def test_a_mistake_while_answering_is_not_printed() -> None:
    command = [sys.executable, "-c", ANSWERING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("HTTP/1.1 500")
    assert done.stderr == ""
