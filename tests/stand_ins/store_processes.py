"""Starts `store_child` or `lock_holder` and reads what it says."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

_ROOT = Path(__file__).parents[2]
_T = TypeVar("_T")


def wait_until(condition: Callable[[], _T], what: str, seconds: float = 10.0) -> _T:
    """The first true value of `condition()`; fails the test when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(0.005)
    return found


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
        self.process.wait(10)
        if self.process.stdin:
            self.process.stdin.close()

    def finish(self) -> int:
        """Closes its stdin, which ends it; gives its exit status."""
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(10)
