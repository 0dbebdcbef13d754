"""A terminal in which the screen runs as a program of its own, and all that it writes there."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from pathlib import Path

ENTERED = b"\x1b[?1049h"
LEFT = b"\x1b[?1049l"
MOUSE_OFF = b"\x1b[?1000l"


class ScreenTerminal:
    """The program on a pseudo-terminal of 100 columns and 30 lines, unless told otherwise.

    Args:
        folder: where everything of it is.
        before: Python to run in its process first, such as a mistake to be made.
        options: given to the command besides.
        variables: of its environment.
    """

    def __init__(self, folder: Path, before: str = "", *options: str, **variables: str) -> None:
        self.store = folder / "store.db"
        self.output = b""
        self._here, there = pty.openpty()
        environment = os.environ | {
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LINES": "30",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PROPEXO_WEBHOOK_SECRET": "the secret of this terminal",
        }
        environment |= variables
        run = f"{before}\nimport sys\nfrom meterbase_tui.cli import main\nsys.exit(main())"
        command = [sys.executable, "-c", run, *(options or ("--no-tunnel",)), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--db", str(self.store)],
            stdin=there,
            stdout=there,
            stderr=there,
            env=environment,
            start_new_session=True,
        )
        os.close(there)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        with suppress(OSError):
            os.close(self._here)

    def until(self, wanted: bytes, seconds: float = 60.0) -> None:
        """Reads until something was written; fails with what was."""
        patience = Patience(seconds)
        while wanted not in self.output:
            assert patience.lasts, self.output[-2_000:]
            self._read(0.1)

    def wait(self, wanted: bytes, since: int, seconds: float = 30.0) -> None:
        """Reads until something was written after so many bytes, or for so long."""
        patience = Patience(seconds)
        while not self._has(wanted, since) and patience.lasts:
            self._read(0.1)

    def _has(self, wanted: bytes, since: int) -> bool:
        return len(self.output) > since and wanted in self.output[since:]

    def end(self, seconds: float = 60.0) -> int:
        """Waits for the program to end; its exit status."""
        patience = Patience(seconds)
        while self.process.poll() is None:
            assert patience.lasts, "it did not end"
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.returncode

    def type(self, keys: bytes) -> None:
        """Presses keys."""
        os.write(self._here, keys)

    def rest(self, seconds: float) -> None:
        """Takes in what is written until nothing has been for so long."""
        while self._read(seconds):
            pass

    def hang_up(self) -> None:
        """Closes the terminal's window."""
        os.close(self._here)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._here], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._here, 65_536)
        except OSError:
            return False
        self.output += data
        return bool(data)
