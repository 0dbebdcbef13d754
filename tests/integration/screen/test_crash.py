"""A mistake of ours on the screen: the terminal, the agent and the store are left in order."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from store.database import Database
from tests.conftest import wait_until
from tests.stand_ins.screen_terminal import ENTERED, LEFT, MOUSE_OFF, ScreenTerminal

if TYPE_CHECKING:
    from pathlib import Path

SECRET = b"the secret of this terminal"
RESTORED = (
    LEFT,
    MOUSE_OFF,
    b"\x1b[?1003l",
    b"\x1b[?1006l",
    b"\x1b[?2004l",
    b"\x1b[?1004l",
    b"\x1b[?25h",
)
AGENT = """\
echo $$ > "$2/agent.pid"
echo "listening: https://127.0.0.1:$1"
exec sleep 300
"""
_FAIL = """
import os
from meterbase_tui.screens.dashboard import Dashboard
from meterbase_tui.widgets.row_table import RowTable

def fail(*_):
    raise RuntimeError("it holds the secret of this terminal")

class Rude(BaseException):
    pass

def fail_rudely(*_):
    raise Rude("it holds the secret of this terminal")

def leave(*_):
    raise GeneratorExit("it holds the secret of this terminal")

def due(do, fail=fail):
    # Once the agent runs, so that there is something to end.
    return lambda *args: fail() if os.path.exists("{folder}/agent.pid") else do(*args)
"""
MISTAKES = {
    "in compose": "Dashboard.compose = fail",
    "in a handler": "Dashboard.on_mount = fail",
    "in a timer": """
        def begin(self):
            self.set_interval(0.05, due(lambda: None))
        Dashboard.begin_checking = begin
    """,
    "in a worker": "Dashboard._look = due(Dashboard._look)",
    "while drawing": "RowTable.draw = due(RowTable.draw)",
    "in a timer, and no Exception": """
        def begin(self):
            self.set_interval(0.05, due(lambda: None, fail_rudely))
        Dashboard.begin_checking = begin
    """,
    "while drawing, and no Exception": "RowTable.draw = due(RowTable.draw, fail_rudely)",
    "while drawing, as if it were closed": "RowTable.draw = due(RowTable.draw, leave)",
    "in a widget's handler, and no Exception": "RowTable.on_mount = fail_rudely",
}
_RARE = (
    "in a handler",
    "while drawing",
    "in a widget's handler, and no Exception",
    "in a timer, and no Exception",
)
"""Told by the others as well; a second each."""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read_log(folder: Path) -> list[dict[str, Any]]:
    path = folder / "meterbase-tui" / "logs" / "meterbase-tui.log"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    "place",
    [pytest.param(place, marks=[pytest.mark.slow] * (place in _RARE)) for place in MISTAKES],
)
def test_a_crash_of_the_screen_leaves_everything_in_order(tmp_path: Path, place: str) -> None:
    (tmp_path / "agent.sh").write_text(AGENT)
    agent = f"sh {tmp_path}/agent.sh {{port}} {tmp_path}"
    mistake = _FAIL.format(folder=tmp_path) + textwrap.dedent(MISTAKES[place])
    with ScreenTerminal(tmp_path, mistake, "--tunnel-command", agent) as terminal:
        assert terminal.end(60) == 1
        assert ENTERED in terminal.output
        for sequence in RESTORED:
            assert sequence in terminal.output
        # Everything that is undone is undone after it was done for the last time.
        assert terminal.output.rindex(b"\x1b[?25h") > terminal.output.rindex(b"\x1b[?25l")
        told = " ".join(terminal.output[terminal.output.rindex(LEFT) :].decode().split())
        assert "The screen ended by a mistake of ours." in told
        # Long lines are broken.
        assert f"{tmp_path}/meterbase-tui/logs/meterbase-tui.log" in told.replace(" ", "")
        for unwanted in (b"Traceback", b"RuntimeError", SECRET):
            assert unwanted not in terminal.output
    log = read_log(tmp_path)
    (crash,) = [entry for entry in log if entry["level"] == "error"]
    assert re.search("in (fail|leave)", crash["traceback"])
    assert "it holds (hidden)" in crash["traceback"]
    assert SECRET.decode() not in json.dumps(log)
    pid_file = tmp_path / "agent.pid"
    if place not in ("in compose", "in a handler"):
        wait_until(lambda: not alive(int(pid_file.read_text())), "the agent has ended")
    # Closed, not only left: nobody has it, and nothing of it is in the log of the database.
    assert log[-1]["message"] == "The receiver and its store are closed"
    Database(terminal.store).close()


CANCELLED = """
import asyncio
from meterbase_tui.app import MeterbaseApp
from meterbase_tui.screens.dashboard import Dashboard
from meterbase_tui.widgets.row_table import RowTable

def cancel(*_):
    raise asyncio.CancelledError("it holds the secret of this terminal")

async def cancel_later(*_):
    cancel()

def tick(self):
    self.set_interval(0.05, cancel)

def resize(self):
    self.call_later(cancel)
"""


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("RowTable.draw = cancel", "Dashboard() has ended"),
        pytest.param("RowTable.on_mount = cancel", "in cancel", marks=pytest.mark.slow),
        ("Dashboard.begin_checking = tick", "Timer(0.05"),
        ("Dashboard._look = cancel_later", "in cancel"),
        ("MeterbaseApp.on_mount = resize", "The screen has ended"),
    ],
    ids=["while drawing", "in a handler", "in a timer", "in a worker", "in the program"],
)
def test_what_looks_cancelled_and_was_not_ends_the_screen_too(
    tmp_path: Path, mistake: str, words: str
) -> None:
    with ScreenTerminal(tmp_path, CANCELLED + mistake) as terminal:
        assert terminal.end(60) == 1
        for sequence in RESTORED:
            assert sequence in terminal.output
        assert b"mistake of ours" in terminal.output or b"should not have" in terminal.output
        for unwanted in (b"Traceback", SECRET):
            assert unwanted not in terminal.output
    crash = json.dumps([entry for entry in read_log(tmp_path) if entry["level"] == "error"])
    assert words in crash
    assert SECRET.decode() not in crash
    Database(terminal.store).close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["SystemExit(7)", "KeyboardInterrupt"])
def test_what_ends_the_program_leaves_the_terminal_clean(tmp_path: Path, kind: str) -> None:
    mistake = f"""
from meterbase_tui.screens.dashboard import Dashboard
def begin(self):
    def end():
        raise {kind}
    self.set_timer(0.2, end)
Dashboard.begin_checking = begin
"""
    with ScreenTerminal(tmp_path, mistake) as terminal:
        assert terminal.end(60) == (7 if "7" in kind else 130)
        for sequence in RESTORED:
            assert sequence in terminal.output
        assert b"Traceback" not in terminal.output


def test_a_window_that_is_closed_leaves_no_agent_and_no_open_store(tmp_path: Path) -> None:
    (tmp_path / "agent.sh").write_text(AGENT)
    agent = f"sh {tmp_path}/agent.sh {{port}} {tmp_path}"
    with ScreenTerminal(tmp_path, "", "--tunnel-command", agent) as terminal:
        terminal.until(b"Incoming events")
        wait_until((tmp_path / "agent.pid").exists, "the agent runs")
        terminal.hang_up()
        terminal.process.send_signal(signal.SIGHUP)  # what the kernel sends to a session's leader
        terminal.process.wait(60)
    pid = int((tmp_path / "agent.pid").read_text())
    wait_until(lambda: not alive(pid), "the agent has ended")
    log = read_log(tmp_path)
    assert log[-1]["message"] == "The receiver and its store are closed"
    assert [entry for entry in log if entry["level"] == "error"] == []
    Database(terminal.store).close()


BROKEN_WRITER = """
from store.writing.checkpoints import Checkpoints
def fail(*_):
    raise RuntimeError("it holds the secret of this terminal")
Checkpoints.take = fail
"""
BROKEN_LINES = """
from meterbase_tui.cli import following
def fail(*_, **__):
    raise RuntimeError("it holds the secret of this terminal")
following.Follower.poll = fail
"""


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (BROKEN_LINES, b"This should not have happened: RuntimeError"),
        (BROKEN_WRITER, b"The store's writer has ended by a mistake of ours."),
    ],
)
def test_a_receiver_without_a_screen_says_where_the_log_is(
    tmp_path: Path, mistake: str, words: bytes
) -> None:
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    run = f"{mistake}\nimport sys\nfrom meterbase_tui.cli import main\nsys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", run, "listen", "--no-tunnel", "--port", "0"],
        env=os.environ
        | {name: str(tmp_path) for name in names}
        | {"PROPEXO_WEBHOOK_SECRET": SECRET.decode()},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert words in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert SECRET not in ended.stderr
    assert b"meterbase-tui.log" in ended.stderr
    mistakes = [entry for entry in read_log(tmp_path) if entry["level"] == "error"]
    assert "in fail" in mistakes[-1]["traceback"]
    assert SECRET.decode() not in json.dumps(mistakes)
