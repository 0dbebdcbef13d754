"""A terminal of its own for a command, and what is shown in it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

DEADLINE_S = 60.0


class Terminal:
    """Types into a command, and reads what it shows."""

    def __init__(self, handle: int, process: subprocess.Popen[bytes]) -> None:
        self._handle = handle
        self.process = process
        self._unread = ""

    def type(self, keys: str) -> None:
        os.write(self._handle, keys.encode())

    def read_until(self, wanted: str) -> str:
        """What it shows up to something, as soon as that has come."""
        shown, patience = self._unread, Patience(DEADLINE_S)
        while wanted not in shown:
            ready, _, _ = select.select([self._handle], [], [], 0.1)
            assert ready or patience.lasts, f"{wanted!r} did not come; there was {shown!r}"
            if not ready:
                continue
            shown += os.read(self._handle, 4096).decode("utf-8", "replace")
        before, _, self._unread = shown.partition(wanted)
        return before + wanted

    def read_all(self) -> str:
        """What it shows until it ends."""
        shown = b""
        while True:
            try:
                piece = os.read(self._handle, 4096)
            except OSError:  # Linux says so when nobody has the other end any more
                piece = b""
            if not piece:
                break
            shown += piece
        self.process.wait(DEADLINE_S)
        return shown.decode("utf-8", "replace").replace("\r\n", "\n")


@contextmanager
def terminal(
    argv: Sequence[str],
    cwd: Path,
    environ: Mapping[str, str],
    *,
    lines: int = 24,
    columns: int = 80,
) -> Iterator[Terminal]:
    """A command in a terminal; it is killed at the end if it still runs."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        argv, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environ,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        os.close(ours)
