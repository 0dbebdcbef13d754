"""Programs of ours that outlived us: recorded while they run, ended at the next start.

The minder ends its program when we are gone, so something is left only if the minder was killed
too. A record names the processes with the moment at which each was started; a process is touched
only if its pid still belongs to exactly that process, and only if the owner of the record is gone.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOG = logging.getLogger(__name__)
_PATTERN = "running-*.json"
_PROC = Path("/proc")
_STARTED_FIELD = 19
_POLL = 0.02


def identity(pid: int) -> str | None:
    """What tells a process from any other that ever has its pid; None if it does not run.

    The boot and the clock tick of its start on Linux; the second of its start elsewhere.
    """
    if (_PROC / "self" / "stat").exists():
        return _identity_on_linux(pid)
    return _identity_by_ps(pid)


def _identity_by_ps(pid: int) -> str | None:
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed program and a number
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"LC_ALL": "C"},
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    state, _, started = answer.stdout.decode("ascii", "replace").strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _identity_on_linux(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The name of the program stands in brackets and may itself hold spaces and brackets.
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else f"{boot}:{rest[_STARTED_FIELD - 1]}"


class Record:
    """The processes of one tunnel, on disk while they run."""

    def __init__(self, directory: Path, provider: str) -> None:
        self._path = directory / f"running-{uuid.uuid4().hex}.json"
        self._content: dict[str, object] = {"provider": provider, "owner": _known([os.getpid()])}
        self._pids: list[int] = []

    def add(self, pid: int) -> None:
        """Notes a process. A disk that cannot take it is no reason to have no tunnel."""
        if pid in self._pids:
            return
        self._pids.append(pid)
        try:
            self._write({**self._content, "processes": _known(self._pids)})
        except OSError as error:
            _LOG.warning("The tunnel's record %s cannot be written: %s", self._path, error)

    def remove(self) -> None:
        """Forgets them: they have ended."""
        self._pids.clear()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _write(self, content: dict[str, object]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(content, file)
        draft.replace(self._path)


def end_leftovers(directory: Path, patience: float = 1.0) -> list[int]:
    """Ends what dead owners left running and removes their records; returns the pids that ran.

    Takes at most `patience` seconds and a little. Agents that we did not start, and those of
    another meterbase-tui that is alive, are never touched.
    """
    ended: list[int] = []
    for path in sorted(directory.glob(_PATTERN)):
        owner, processes = _read(path)
        if not owner or any(_is_alive(owner)):
            continue
        ended += _end(processes, patience)
        with contextlib.suppress(OSError):
            path.unlink()
    return ended


def _end(processes: dict[int, str], patience: float) -> list[int]:
    alive = list(_is_alive(processes))
    _signal(alive, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(_is_alive(processes)) and time.monotonic() < deadline:
        time.sleep(_POLL)
    _signal(_is_alive(processes), signal.SIGKILL)
    return alive


def _is_alive(processes: dict[int, str]) -> Iterator[int]:
    return (pid for pid, started in processes.items() if identity(pid) == started)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def _known(pids: Iterable[int]) -> dict[str, str]:
    found = {str(pid): identity(pid) for pid in pids}
    return {pid: started for pid, started in found.items() if started is not None}


def _read(path: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Owner and processes of a record; no owner if it cannot be read, and so is left alone."""
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        return _numbered(content["owner"]), _numbered(content["processes"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, {}


def _numbered(processes: dict[str, str]) -> dict[int, str]:
    return {int(pid): started for pid, started in processes.items()}
