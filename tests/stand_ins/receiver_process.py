"""`meterbase-tui listen` in a process of its own, to be killed, stopped, filled and started again.

What it says goes through a pipe that is always read, so that a limit on files is a limit on its
store and its log only.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from receiver.judging.signing import SIGNATURE_HEADER, sign
from tests.conftest import PATH, SECRET, Reply, Wire, wait_until
from tests.stand_ins.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterable

REPOSITORY = Path(__file__).parents[2]
PROGRAM = ("-m", "meterbase_tui")
_START_S = 60.0
_STOP_S = 60.0


def signed_request(body: bytes, signature: str | None = None) -> bytes:
    """A delivery in raw bytes, as Propexo would send it unless told otherwise."""
    value = sign(SECRET, body) if signature is None else signature
    head = f"POST {PATH} HTTP/1.1\r\nHost: test\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{SIGNATURE_HEADER}: {value}\r\n\r\n".encode("latin-1") + body


class ReceiverProcess:
    """A receiver on one store, as often as it is started."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.db = folder / "store.db"
        self.folder = folder
        self.said: list[str] = []
        """Every line of standard output and error, of all its lives."""
        self.port = 0
        self._given = environ
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(REPOSITORY),
            "PROPEXO_WEBHOOK_SECRET": SECRET.decode("ascii"),
            "METERBASE_TUNNEL": "none",
            "METERBASE_DB": str(self.db),
            "METERBASE_PORT": "0",
        } | self._given

    def start(self, program: Iterable[str] = PROGRAM) -> None:
        """Starts it, and returns when it listens.

        Args:
            program: what Python runs, instead of the command itself.
        """
        self._launch(program)
        self.port = 0
        wait_until(lambda: self.port or not self.running, "it listens", _START_S)
        assert self.port, self.said[-20:]

    def _launch(self, program: Iterable[str]) -> None:
        assert not self.running
        self._process = subprocess.Popen(
            [sys.executable, *program, "listen", "--json"],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reading = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reading.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                text = line.decode("utf-8", "backslashreplace").rstrip("\n")
                self.said.append(text)
                if text.startswith('{"type":"ready"'):
                    self.port = urlsplit(json.loads(text)["url"]).port or 0

    def kill(self) -> None:
        """SIGKILL, and it is gone."""
        self.send(signal.SIGKILL)
        assert self._end() == -signal.SIGKILL

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end; its exit status."""
        self.send(number)
        return self._end()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def _end(self) -> int:
        assert self._process is not None
        status = self._process.wait(_STOP_S)
        self._reading.join(_STOP_S)
        return status

    def close(self) -> None:
        """Whatever it does."""
        if self.running:
            self.kill()

    def limit(self, name: str, value: int | None) -> None:
        """Sets a soft limit of the running process, by its name in `resource`; None lifts it."""
        number = getattr(resource, name)
        _, hard = resource.prlimit(self.pid, number)
        resource.prlimit(self.pid, number, (hard if value is None else value, hard))

    def rss(self) -> int:
        """Bytes of its memory that are in use."""
        fields = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def dial(self, seconds: float = PATIENCE_S) -> Wire:
        """A raw connection, to be used in a `with`."""
        return Wire("127.0.0.1", self.port, seconds)

    def ask(self, raw: bytes, seconds: float = PATIENCE_S) -> Reply | None:
        """Sends raw bytes on a connection of their own; None when no answer came of it."""
        try:
            with self.dial(seconds) as wire:
                wire.send(raw)
                return wire.receive()
        except (ConnectionError, TimeoutError):
            return None

    def deliver(self, body: bytes, signature: str | None = None) -> Reply | None:
        return self.ask(signed_request(body, signature))

    def records(self) -> list[dict[str, Any]]:
        """The lines of its output that are JSON."""
        return [json.loads(line) for line in self.said if line.startswith("{")]
