"""A process of its own that runs one program for the tunnel and never outlives its parent.

It is started by path, in isolated mode and as the leader of a process group, and imports nothing
of this package. What it buys:

* The program ends with us in every case, also when we are killed: our end of its stdin closes,
  and the whole group is ended.
* pyngrok can wait for ever in several ordinary situations, holding a lock. Here it can simply be
  killed, with its agent, at any moment.
* The agent's stderr, which pyngrok lets through, is this process's stderr and so a pipe, never
  the terminal that the screen is drawn on. Its log records and prints end here too.
* The token, `no_proxy` and pyngrok's table of running agents stay out of the main process.

The request is one line of JSON on stdin, which then stays open. Events go to stdout, each a line
of JSON whose values are texts.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import BufferedReader

_LONGEST_LINE = 8192
_GRACE = 0.8
_POLL = 0.02
_MOMENT = 0.001


class Minder:
    """The two ends to the parent, and the end of the group."""

    def __init__(self) -> None:
        # The program must neither read the request nor write among the events.
        self._requests: BufferedReader = os.fdopen(os.dup(0), "rb")
        self._events = os.dup(1)
        silence = os.open(os.devnull, os.O_RDONLY)
        os.dup2(silence, 0)
        os.dup2(2, 1)
        self._writing = threading.Lock()
        self._bell, self._button = os.pipe()

    def request(self) -> dict[str, Any]:
        """What to do. An empty one if the parent is gone already."""
        line = self._requests.readline()
        request: dict[str, Any] = json.loads(line) if line else {}
        threading.Thread(target=self._watch_parent, daemon=True).start()
        threading.Thread(target=self._end_group, daemon=True).start()
        return request

    def say(self, kind: str, **values: object) -> None:
        """Sends one event to the parent, whole."""
        texts = {name: str(value)[:_LONGEST_LINE] for name, value in values.items() if value}
        data = (json.dumps({"kind": kind, **texts}) + "\n").encode("ascii")
        with self._writing:
            try:
                while data:
                    data = data[os.write(self._events, data) :]
            except OSError:
                self.end()

    def end(self) -> None:
        """Asks for the end; returns at once. Allowed in a signal handler, unlike an `Event`."""
        os.write(self._button, b"!")

    def _watch_parent(self) -> None:
        while self._requests.read(4096):
            pass
        self.end()

    def _end_group(self) -> None:
        """Asks the program to end, waits a moment, and ends whatever is left, itself included."""
        os.read(self._bell, 1)
        os.killpg(0, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while _has_child() and time.monotonic() < deadline:
            time.sleep(_POLL)
        os.killpg(0, signal.SIGKILL)


def _has_child() -> bool:
    """Whether a child still runs; reaps those that do not."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def main() -> None:
    """Does what the first line on stdin asks for, until told to end."""
    if os.getpgrp() != os.getpid():
        raise SystemExit("This is a part of meterbase-tui and not meant to be run by hand.")
    minder = Minder()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: minder.end())
    threading.excepthook = lambda failure: _give_up(minder, failure.exc_value)
    request = minder.request()
    sys.path[:] = request.get("sys_path", sys.path)
    task = {"command": run_command, "ngrok": run_ngrok, "install": install_ngrok}.get(
        request.get("task", "")
    )
    if task is not None:
        try:
            task(minder, request)
        except Exception as error:  # noqa: BLE001 - every failure is told to the parent
            _give_up(minder, error)
    minder.end()
    threading.Event().wait()


def _give_up(minder: Minder, error: BaseException | None) -> None:
    minder.say(
        "error",
        type=type(error).__name__,
        text=error,
        # pyngrok keeps the reason of a refused endpoint in the answer's body only.
        body=getattr(error, "body", None),
    )
    minder.end()


def run_command(minder: Minder, request: dict[str, Any]) -> None:
    """Runs a program and passes on what it writes, line by line."""
    program = subprocess.Popen(  # noqa: S603 - the user's own setting, without a shell
        request["argv"],
        # A pipe that stays open: some programs end at the end of their input.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    minder.say("process", pid=program.pid)
    assert program.stdout is not None
    while line := program.stdout.readline(_LONGEST_LINE):
        minder.say("line", text=line.decode("utf-8", "replace").rstrip("\r\n"))
    minder.say("exited", code=program.wait())


class Started:
    """The agent that pyngrok starts, taken hold of before pyngrok may forget it."""

    def __init__(self, minder: Minder, agents: dict[str, Any], agent: str) -> None:
        self._minder = minder
        self._process: subprocess.Popen[str] | None = None
        threading.Thread(target=self._find, args=(agents, agent), daemon=True).start()

    def _find(self, agents: dict[str, Any], agent: str) -> None:
        """Tells the pid at once, also for an agent that never writes anything."""
        while (found := agents.get(agent)) is None:
            time.sleep(_MOMENT)
        self._process = found.proc
        self._minder.say("process", pid=found.proc.pid)

    def wait(self) -> None:
        """Returns when the agent has ended."""
        while self._process is None:
            time.sleep(_MOMENT)
        self._process.wait()
        # pyngrok's reader may be in the middle of a line.
        time.sleep(_POLL)

    def tell_rest(self) -> None:
        """Tells what an agent that has ended wrote last.

        pyngrok stops reading as soon as the agent is gone, and often loses the very line that
        says why.
        """
        if self._process is None or self._process.stdout is None or self._process.poll() is None:
            return
        os.set_blocking(self._process.stdout.fileno(), False)
        # A child of the agent may hold the pipe open, which then has no end and raises.
        with contextlib.suppress(OSError, TypeError, ValueError):
            while line := self._process.stdout.readline():
                self._minder.say("line", text=line.strip())


def run_ngrok(minder: Minder, request: dict[str, Any]) -> None:
    """Has pyngrok start an agent and open an endpoint, and waits until the agent ends."""
    from pyngrok import conf, ngrok, process  # noqa: PLC0415 - sys.path has to be set before

    _silence_logging()
    agent: str = request["agent"]
    started = Started(minder, process._current_processes, agent)  # noqa: SLF001 - no other way
    config = conf.PyngrokConfig(
        ngrok_path=agent,
        config_path=request["config_path"],
        config_version=request["config_version"],
        log_event_callback=lambda log: minder.say("line", text=log.line),
        startup_timeout=request["startup_timeout"],
        request_timeout=request["request_timeout"],
        max_logs=20,
    )
    # It would go onto the agent's command line; the agent takes it from the environment.
    config.auth_token = None
    try:
        tunnel = ngrok.connect(
            request["upstream"], "http", request["name"], config, **request["options"]
        )
        minder.say("online", url=tunnel.public_url, api=tunnel.api_url)
        started.wait()
    finally:
        started.tell_rest()
    minder.say("exited")


def install_ngrok(minder: Minder, request: dict[str, Any]) -> None:
    """Has pyngrok download an agent to a path."""
    from pyngrok import installer  # noqa: PLC0415 - sys.path has to be set before

    _silence_logging()
    installer.install_ngrok(request["agent"], timeout=request["request_timeout"])
    minder.say("installed", path=request["agent"])


def _silence_logging() -> None:
    import logging  # noqa: PLC0415 - a command needs none of it

    logger = logging.getLogger("pyngrok")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False


if __name__ == "__main__":
    main()
