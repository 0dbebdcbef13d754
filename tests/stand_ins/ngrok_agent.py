"""A stand-in for ngrok's agent: its command line, its log, its local API, and a public port.

It needs the standard library only, speaks to nobody but this machine, and does what the scenario
in the variable ``NGROK_STAND_IN`` (a JSON object) says:

    scenario  online (default), offline, silent, mute_version, refused, taken, late_api, no_api,
              slow, stubborn, offspring, garbled, noisy, bind
    version   what ``--version`` says; before 3.30 there is no endpoints API
    api       false: no endpoints API whatever the version says
    token     the only authtoken that is accepted; absent: any
    error     for `refused`: the number of ngrok's error
    shared    a directory in which agents claim their fixed domains
    seconds   for `slow`, `late_api` and `garbled`

``POST /stand-in/drop``, ``restore``, ``crash`` and ``revoke`` on the local API make things happen
at a moment of the test's choice.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any


class Agent:
    """What the command line, the log and the local API have in common."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.scenario: str = plan.get("scenario", "online")
        self.version: str = plan.get("version", "3.31.0")
        recent = tuple(map(int, self.version.split("."))) >= (3, 30, 0)
        self.has_endpoints: bool = plan.get("api", recent)
        self.connected = threading.Event()

    def log(self, level: str, message: str, **more: str) -> None:
        """One line of logfmt on stdout; a closed pipe ends the program, as it does for Go."""
        parts = [f"t={time.strftime('%Y-%m-%dT%H:%M:%S%z')}", f"lvl={level}", f'msg="{message}"']
        parts += [f"{name}={json.dumps(value)}" for name, value in more.items()]
        try:
            os.write(1, (" ".join(parts) + "\n").encode())
        except BrokenPipeError:
            os._exit(1)

    def fail(self, number: int, text: str) -> None:
        """Ends as the agent does when ngrok's service refuses it."""
        error = f"authentication failed: {text}\r\n\r\nERR_NGROK_{number}\r\n"
        self.log("eror", "failed to reconnect session", obj="tunnels.session", err=error)
        self.log("crit", "command failed", err=error)
        os._exit(1)

    def token(self) -> str:
        """The authtoken by the agent's own order: option, environment, configuration."""
        if "--authtoken" in sys.argv:
            return sys.argv[sys.argv.index("--authtoken") + 1]
        if os.environ.get("NGROK_AUTHTOKEN"):
            return os.environ["NGROK_AUTHTOKEN"]
        if "--config" in sys.argv:
            path = Path(sys.argv[sys.argv.index("--config") + 1])
        else:
            path = Path.home() / ".config" / "ngrok" / "ngrok.yml"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [line.partition(":")[2].strip() for line in lines if "authtoken:" in line]
        return found[0] if found else ""

    def claim(self, domain: str) -> bool:
        """Whether no other living agent is online at a domain."""
        if "shared" not in self.plan:
            return True
        mark = Path(self.plan["shared"]) / domain
        if mark.exists():
            try:
                os.kill(int(mark.read_text()), 0)
            except ProcessLookupError:
                pass
            else:
                return False
        mark.write_text(str(os.getpid()))
        return True

    def start(self) -> None:
        """What ``ngrok start --none`` does."""
        self.prepare()
        # Imported late: most runs of the agent are only asked for their version.
        import ngrok_agent_api  # type: ignore[import-not-found]  # noqa: PLC0415

        late = self.scenario in {"late_api", "no_api"}
        port = 1 if late else ngrok_agent_api.serve_api(self)
        self.log("info", "starting web service", obj="web", addr=f"127.0.0.1:{port}")
        self.connect()
        if self.scenario == "late_api":
            time.sleep(self.plan["seconds"])
            port = ngrok_agent_api.serve_api(self)
            self.log("info", "starting web service", obj="web", addr=f"127.0.0.1:{port}")
        if self.scenario == "garbled":
            time.sleep(self.plan["seconds"])
            os.write(1, b"lvl=info msg=\xff\xfe\n")
        # As the real one, it notices a reader that is gone only by writing.
        while True:
            time.sleep(0.5)
            if self.scenario == "no_api":
                self.log("info", "still here")

    def prepare(self) -> None:
        if self.scenario == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.scenario == "silent":
            time.sleep(600)
        if self.scenario == "bind":
            error = "listen tcp 127.0.0.1:4040: bind: address already in use"
            self.log("crit", "command failed", err=error)
            os._exit(1)
        if self.scenario == "noisy":
            os.write(2, f"\x1b[2Jnoise of the agent with its token {self.token()}\n".encode())
        if self.scenario == "offspring":
            os.spawnv(os.P_NOWAIT, "/bin/sleep", ["sleep", "600"])

    def connect(self) -> None:
        """Connects to ngrok's service, or not."""
        given = self.token()
        while self.scenario == "offline":
            error = "dial tcp: lookup x: no such host"
            self.log("eror", "failed to reconnect session", err=error)
            time.sleep(0.3)
        if not given:
            self.fail(4018, "Usage of ngrok requires a verified account and authtoken.")
        if given != self.plan.get("token", given):
            self.fail(105, f"The authtoken does not look proper.\r\nYour authtoken: {given}")
        if self.scenario == "refused":
            self.fail(self.plan["error"], "refused by the service.")
        if self.scenario == "slow":
            time.sleep(self.plan["seconds"])
        self.connected.set()
        self.log("info", "client session established", obj="csess")
        self.log("info", "tunnel session started", obj="tunnels.session")


def main() -> None:
    agent = Agent(json.loads(os.environ.get("NGROK_STAND_IN", "{}")))
    if "--version" in sys.argv:
        if agent.scenario == "mute_version":
            time.sleep(600)
        os.write(1, f"ngrok version {agent.version}\n".encode())
    elif sys.argv[1:2] == ["start"]:
        agent.start()
    else:
        sys.exit(f"unknown command: {sys.argv[1:]}")
