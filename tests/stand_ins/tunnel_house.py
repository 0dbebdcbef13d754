"""What the tests of the tunnel share: a home of their own, a receiver, and an eye on processes."""

from __future__ import annotations

import http.server
import json
import os
import sys
import threading
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from receiver.tunnel import (
    Pace,
    ProviderName,
    Tunnel,
    TunnelSettings,
    TunnelState,
    TunnelStatus,
    open_tunnel,
)
from tests.stand_ins.waiting import wait_until

STAND_INS = Path(__file__).parent
# Built here, so that no scanner takes it for a real one.
TOKEN = "2" + "aBcDeFgHiJ" * 2 + "kLmNoP" + "_" + "7QrStUvWxYz" * 2
QUICK = Pace(version=30, start=60, retries=(0.1, 0.3), tick=0.05, wake=0.3)


class Processes:
    """Every process that inherited the mark of one test, found by its environment."""

    def __init__(self) -> None:
        self.mark = uuid.uuid4().hex

    def pids(self, among: str = "") -> list[int]:
        """Those whose command line contains a text; zombies are no processes any more."""
        numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        marked = [pid for pid in numbers if pid != os.getpid() and self._is_marked(pid)]
        return [pid for pid in marked if among in self.command_line(pid)]

    def command_line(self, pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""

    def command_lines(self) -> list[str]:
        return [self.command_line(pid) for pid in self.pids()]

    def _is_marked(self, pid: int) -> bool:
        try:
            # Empty for a zombie.
            return self.mark.encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


@dataclass
class House:
    """A home directory, an environment and settings for one test, with nothing of the user's."""

    root: Path
    processes: Processes = field(default_factory=Processes)

    def __post_init__(self) -> None:
        self.state_dir = self.root / "state"
        self.home = self.root / "home"
        self.home.mkdir()
        self.environ = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "TEST_MARK": self.processes.mark,
        }

    def plan(self, **plan: Any) -> None:
        self.environ["NGROK_STAND_IN"] = json.dumps(plan)

    def agent(self, path: Path | None = None) -> Path:
        """The stand-in, installed as an executable."""
        path = path or self.root / "bin" / "ngrok"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["import sys", f"sys.path.insert(0, {str(STAND_INS)!r})"]
        lines += ["import ngrok_agent", "ngrok_agent.main()"]
        path.write_text("\n".join([f"#!{sys.executable} -IS", *lines, ""]))
        path.chmod(0o755)
        return path

    def ngrok(self, **more: Any) -> TunnelSettings:
        more = {"auth_token": TOKEN} | more
        path = more.pop("ngrok_path", None) or self.agent()
        return TunnelSettings(self.state_dir, ProviderName.NGROK, path, **more)

    def command(self, command: str | None) -> TunnelSettings:
        return TunnelSettings(self.state_dir, ProviderName.COMMAND, command=command)


class Watch:
    """A tunnel and everything that it said."""

    def __init__(self, house: House, settings: TunnelSettings, port: int, **more: Any) -> None:
        self.said: list[TunnelStatus] = []
        self._heard = 0
        on_change = more.pop("on_change", self.said.append)
        options: dict[str, Any] = {"pace": QUICK, "environ": house.environ} | more
        self.tunnel: Tunnel = open_tunnel(settings, port, on_change, **options)
        self.tunnel.start()

    @property
    def states(self) -> list[TunnelState]:
        return [status.state for status in self.said]

    @property
    def codes(self) -> list[str]:
        return [status.problem.code for status in self.said if status.problem]

    def wait_for(self, state: TunnelState, seconds: float = 30.0) -> TunnelStatus:
        """What it said when it came into a state, after the one that was waited for before.

        A state that lasts for a moment is not missed by this, however late somebody looks.
        """

        def find() -> int:
            states = self.states
            later = range(self._heard, len(states))
            return next((at + 1 for at in later if states[at] is state), 0)

        self._heard = wait_until(find, f"the tunnel is {state}", seconds)
        return self.said[self._heard - 1]


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.got.append((self.path, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Upstream:
    """A local HTTP server that keeps what arrives."""

    def __init__(self) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.got: list[tuple[str, bytes]] = []
        self.server.got = self.got  # type: ignore[attr-defined]
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def post(url: str, body: bytes = b"") -> tuple[int, bytes]:
    """POSTs without any proxy of the machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, method="POST")
    with opener.open(request, timeout=30) as answer:
        return answer.status, answer.read()
