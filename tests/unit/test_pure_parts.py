"""What tests on Windows need works there; the program says that it does not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from meterbase_tui.cli import main
from meterbase_tui.cli.exits import Exit

if TYPE_CHECKING:
    import pytest

_AS_ON_WINDOWS = """
import os, signal, socket, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for owner, names in (
    (os, ("fork", "fchmod", "killpg", "openpty", "pread", "pwrite", "setsid", "O_CLOEXEC")),
    (signal, ("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "ITIMER_REAL", "setitimer")),
    (socket, ("AF_UNIX",)),
):
    for name in names:
        delattr(owner, name)
"""
_USES = """
import importlib
for name in ("pytest_plugin", "sending", "schema", "simulation.simulation"):
    importlib.import_module(f"sample_payloads.{name}")
for name in ("judging.judgement", "diagnosis", "checks", "billing.rubs"):
    importlib.import_module(f"receiver.{name}")
from sample_payloads import load, sign
body = load("data.update.unit.move_in")
print(sign(body, "secret")["X-Propexo-Signature"][:7])
"""


def test_samples_and_judgement_need_nothing_that_windows_lacks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_ON_WINDOWS + _USES], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "sha256=\n"), done.stderr


def test_on_windows_the_program_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["--version"]) == Exit.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert "On Windows, run it in WSL." in told.err
