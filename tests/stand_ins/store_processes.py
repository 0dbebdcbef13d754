"""Starts `store_child` or `lock_holder` and reads what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.stand_ins.waiting import PATIENCE_S, wait_until

if TYPE_CHECKING:
    import signal

_ROOT = Path(__file__).parents[2]


class Child:
    """A running stand-in; what it says goes to a file, so that it never has to wait for us."""

    def __init__(self, said: Path, program: str, *arguments: object) -> None:
        self._said = said
        command = [sys.executable, "-m", f"tests.stand_ins.{program}", *map(str, arguments)]
        with said.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def lines(self) -> list[str]:
        """What it has said so far; a line that is not whole yet was not said."""
        text = self._said.read_text(encoding="utf-8", errors="replace")
        return text[: text.rfind("\n") + 1].splitlines()

    def wait_for(self, word: str) -> str:
        """The first line that begins with `word`."""

        def found() -> str | None:
            lines = self.lines()
            ended = self.process.poll() is not None
            line = next((line for line in lines if line.startswith(word)), None)
            assert line or not ended, f"ended without {word!r}: {lines[-20:]}"
            return line

        return wait_until(found, f"{word!r} from the child") or ""

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and waits until the process is gone."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        if self.process.stdin:
            self.process.stdin.close()

    def finish(self) -> int:
        """Closes its stdin, which ends it; gives its exit status."""
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(PATIENCE_S)
