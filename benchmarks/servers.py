"""Runs a server as a process of its own, and looks at what it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import ROOT, on_core

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.contenders import Contender

_START_S = 30.0
_STOP_S = 15.0
_PROC = Path("/proc")
HAS_PROC = (_PROC / "self" / "stat").exists()
"""Whether the kernel tells what a process and its threads take: Linux does."""


class ServerError(Exception):
    """A server did not start, or ended by itself; `str()` says what it said."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self.folder = folder

    def memory_mb(self) -> float:
        """The most memory that it and its children have had, in MB; 0 where nobody tells."""
        return sum(map(_peak_mb, _family(self.process.pid))) if HAS_PROC else 0.0


def _family(pid: int) -> list[int]:
    """A process, its children and theirs."""
    children = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _peak_mb(pid: int) -> float:
    status = (_PROC / str(pid) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int, *, main_thread: bool = False) -> float:
    """Processor time that a process has taken, or only its first thread, in seconds."""
    task = _PROC / str(pid) / ("task/" + str(pid) if main_thread else "")
    # The second field is the program's name in brackets, and may hold spaces.
    fields = (task / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    contender: Contender, folder: Path, core: int | None, extra: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A contender's server on a free port, ready to be asked; it is stopped afterwards.

    Args:
        contender: whose.
        folder: where it keeps what it keeps.
        core: where it runs.
        extra: added to its environment.

    Raises:
        ServerError: it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    said = folder / "said"
    with said.open("wb") as output, on_core(core):
        process = subprocess.Popen(
            contender.command(port, folder),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=contender.environment(folder) | dict(extra or {}),
        )
    try:
        wait_for_port(process, port, said)
        yield Server(process, port, folder)
    finally:
        stop(process)


def wait_for_port(process: subprocess.Popen[bytes], port: int, said: Path | None = None) -> None:
    """Returns once somebody listens on a port; raises `ServerError` when nobody will."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines() if said else []
    raise ServerError(f"A server did not start: {' '.join(last[-1:])}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks a process to end, and insists after a while."""
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
