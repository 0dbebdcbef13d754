"""A program run through the minder, and the certainty that nothing of it is left."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import queue
    from collections.abc import Callable, Mapping

_MINDER = Path(__file__).with_name("minder.py")
# Isolated from PYTHON* variables, the working directory and site files: the search path is sent.
_PYTHON_OPTIONS = ("-I", "-S", "-X", "utf8")
_LONGEST_LINE = 64 * 1024
_MOST_WAITING = 2000
_NUMBERS = itertools.count(1)


class EventKind(StrEnum):
    """What a minder says, and the two things that are said about it."""

    PROCESS = "process"
    LINE = "line"
    ONLINE = "online"
    INSTALLED = "installed"
    ERROR = "error"
    EXITED = "exited"
    #: The minder is gone; nothing follows.
    GONE = "gone"
    #: Not from a minder: stop waiting.
    INTERRUPT = "interrupt"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to the child of the given number."""

    kind: EventKind
    child: int = 0
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


class Child:
    """A running minder with its program. `end` has to be called, from whatever state.

    Raises:
        OSError: no process could be started.
    """

    def __init__(
        self,
        request: Mapping[str, Any],
        environ: Mapping[str, str],
        inbox: queue.SimpleQueue[Event],
        on_noise: Callable[[str], None],
    ) -> None:
        self.number = next(_NUMBERS)
        self._inbox = inbox
        self._reaping = threading.Lock()
        self._minder = subprocess.Popen(  # noqa: S603 - this very interpreter and our own file
            [sys.executable, *_PYTHON_OPTIONS, str(_MINDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,
        )
        self.pid = self._minder.pid
        self._reader = self._thread(self._read_events, self._minder.stdout)
        self._noise = self._thread(self._read_noise, self._minder.stderr, on_noise)
        self._send({**request, "sys_path": sys.path})

    def end(self, patience: float = 1.1) -> None:
        """Ends the program and its minder; in `patience` seconds and a little, then by force."""
        self._close_stdin()
        # The minder closes its events only by ending, so it cannot have been reaped before.
        self._reader.join(patience)
        self.kill()
        with self._reaping, contextlib.suppress(subprocess.TimeoutExpired):
            self._minder.wait(0.3)
        for thread, stream in (
            (self._reader, self._minder.stdout),
            (self._noise, self._minder.stderr),
        ):
            thread.join(0.2)
            if not thread.is_alive() and stream is not None:
                stream.close()

    def kill(self) -> None:
        """Ends the whole group at once, by force. Safe from any thread and at any time."""
        with self._reaping:
            if self._minder.returncode is None:
                # Until it is reaped, no other process can have got the number of its group.
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._minder.stdin is not None
        with contextlib.suppress(OSError):
            self._minder.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            self._minder.stdin.flush()

    def _close_stdin(self) -> None:
        assert self._minder.stdin is not None
        with contextlib.suppress(OSError):
            self._minder.stdin.close()

    def _thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True, name="tunnel-pipe")
        thread.start()
        return thread

    def _read_events(self, stream: IO[bytes]) -> None:
        for line in stream:
            # A minder that was killed while it wrote leaves half a line.
            if line.endswith(b"\n"):
                self._pass_on(json.loads(line))
        self._inbox.put(Event(EventKind.GONE, self.number))

    def _pass_on(self, values: dict[str, str]) -> None:
        kind = EventKind(values.pop("kind"))
        # A program that floods us must not fill the memory; only its chatter is dropped.
        if kind is not EventKind.LINE or self._inbox.qsize() < _MOST_WAITING:
            self._inbox.put(Event(kind, self.number, values))

    def _read_noise(self, stream: IO[bytes], on_noise: Callable[[str], None]) -> None:
        while line := stream.readline(_LONGEST_LINE):
            on_noise(line.decode("utf-8", "replace"))
