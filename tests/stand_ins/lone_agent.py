"""The stand-in for ngrok's agent, started by hand beside meterbase-tui."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.stand_ins.tunnel_house import TOKEN

if TYPE_CHECKING:
    from tests.stand_ins.tunnel_house import House


class LoneAgent:
    """An agent with an endpoint that leads to a port, whether or not anything listens there."""

    def __init__(self, house: House, port: int) -> None:
        self._process = subprocess.Popen(
            [house.agent(), "start", "--none", "--log", "stdout"],
            stdout=subprocess.PIPE,
            env={**house.environ, "NGROK_AUTHTOKEN": TOKEN},
        )
        assert self._process.stdout is not None
        found = re.search(rb"addr=\"?([0-9.:]+)", self._process.stdout.readline())
        assert found is not None
        self.api = f"http://{found[1].decode()}"
        upstream = f"http://127.0.0.1:{port}"
        made = self._ask("/api/endpoints", {"name": "by-hand", "upstream": {"url": upstream}})
        self.public_url: str = made["url"]

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)

    def _ask(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(self.api + path, data=json.dumps(content).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            made: dict[str, Any] = json.load(answer)
        return made
