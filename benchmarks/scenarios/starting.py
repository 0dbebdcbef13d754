"""How long it takes to start, against what Python and Textual take by themselves."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.contenders import contender, program, store_of
from benchmarks.figures import OURS, Measurement
from benchmarks.machine import ROOT, on_core
from benchmarks.servers import free_port, stop
from benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.setting import Setting

PYTHON, TEXTUAL = "bare Python", "`import textual.app`"
HELP, LISTEN, PAINT, LIVE = "`--help`", "`listen` ready", "first paint", "live"
_PATIENCE_S = 30.0


def measure_start(setting: Setting) -> Iterator[Measurement]:
    """Each of the starts some times, one after the other, so that all share the machine's mood."""
    with setting.new_folder() as folder:
        # What is compiled or created once does not count.
        list(_start_all(setting, folder))
        for number in range(setting.effort.starts):
            setting.say(f"start: {number + 1} of {setting.effort.starts}")
            yield from _start_all(setting, folder)


def _start_all(setting: Setting, folder: Path) -> Iterator[Measurement]:
    python = [sys.executable, "-c"]
    for case, command in (
        (PYTHON, [*python, "pass"]),
        (TEXTUAL, [*python, "import textual.app"]),
        (HELP, [sys.executable, "-m", "meterbase_tui", "--help"]),
    ):
        yield _measured(case, _time_command(setting, folder, command))
    yield _measured(LISTEN, _time_listen(setting, folder))
    paint, live = _time_screen(setting, folder)
    yield _measured(PAINT, paint)
    yield _measured(LIVE, live)


def _measured(case: str, seconds: float) -> Measurement:
    return Measurement("start", OURS, case, {"seconds": seconds})


def _time_command(setting: Setting, folder: Path, command: Sequence[str]) -> float:
    environment = contender(OURS).environment(folder)
    started = time.perf_counter()
    with on_core(setting.cores.server):
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def _time_listen(setting: Setting, folder: Path) -> float:
    command = [*program("listen"), "--json", "--port", "0", "--db", str(store_of(folder))]
    started = time.perf_counter()
    with on_core(setting.cores.server):
        process = subprocess.Popen(
            command, cwd=ROOT, env=contender(OURS).environment(folder), stdout=subprocess.PIPE
        )
    try:
        assert process.stdout is not None
        with process.stdout as said:
            assert b'"ready"' in said.readline()
            return time.perf_counter() - started
    finally:
        stop(process)


def _time_screen(setting: Setting, folder: Path) -> tuple[float, float]:
    """Until the frame is drawn, and until deliveries are taken and their place is shown."""
    port = free_port()
    command = [*program(), "--port", str(port), "--db", str(store_of(folder))]
    environment = contender(OURS).environment(folder)
    with Terminal(command, environment, setting.cores.server) as terminal:
        painted = terminal.wait_for(b"Incoming events")
        shown = terminal.wait_for(f":{port}".encode())
        listens = _wait_for_listener(port)
        return painted - terminal.started, max(shown, listens) - terminal.started


def _wait_for_listener(port: int) -> float:
    deadline = time.perf_counter() + _PATIENCE_S
    while time.perf_counter() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.002)
        else:
            return time.perf_counter()
    raise TimeoutError("The program never listened.")
