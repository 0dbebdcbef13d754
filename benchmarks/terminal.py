"""The program's screen on a pseudo-terminal, read as a terminal reads it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from benchmarks.machine import ROOT, on_core
from benchmarks.servers import ServerError, stop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS, LINES = 160, 45
_KEPT = 1 << 20
_CAN_YOU_WAIT, _YES, _FRAME = b"\x1b[?2026$p", b"\x1b[?2026;2$y", b"\x1b[?2026h"
"""A program asks whether the terminal can wait for whole frames, and says where each begins."""


class Terminal:
    """A command on a terminal of its own; a thread takes in what it writes, and when."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], core: int | None = None
    ) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._output = bytearray()
        self._news = threading.Condition()
        self.frames = 0
        """How often something was drawn, all at once each time."""
        self.started = time.perf_counter()
        with on_core(core):
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=there,
                stdout=there,
                stderr=there,
                env=dict(environment)
                | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
                | {"COLUMNS": str(COLUMNS), "LINES": str(LINES)},
                start_new_session=True,
            )
        os.close(there)
        self._thread = threading.Thread(target=self._take_in, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.process)
        self._thread.join(2)
        with suppress(OSError):
            os.close(self._here)

    def wait_for(self, words: bytes, seconds: float = 30.0) -> float:
        """Waits until words have been written; when they were seen, by `time.perf_counter()`.

        What was written before `forget` does not count.

        Raises:
            ServerError: they are not written in time.
        """
        deadline = time.perf_counter() + seconds
        with self._news:
            while words not in self._output:
                left = deadline - time.perf_counter()
                if left <= 0:
                    end = bytes(self._output[-300:])
                    raise ServerError(f"The screen never showed {words!r}; it ended with {end!r}.")
                self._news.wait(left)
            return time.perf_counter()

    def forget(self) -> None:
        """Forgets what was written so far."""
        with self._news:
            self._output.clear()

    def type(self, keys: bytes) -> None:
        """Types some keys."""
        os.write(self._here, keys)

    def _take_in(self) -> None:
        before = b""
        while True:
            try:
                data = os.read(self._here, 65_536)
            except OSError:
                return
            if _CAN_YOU_WAIT in before + data:
                os.write(self._here, _YES)
            with self._news:
                self.frames += (before + data).count(_FRAME)
                self._output += data
                if len(self._output) > 2 * _KEPT:
                    del self._output[:-_KEPT]
                self._news.notify_all()
            # As much as may be the beginning of a sequence, and no whole one.
            before = data[1 - len(_FRAME) :]
