"""Ctrl-C, `kill` and a terminal that goes: at any moment, more than once, and into full pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.integration.cli.conftest import Cli, Listening

DEADLINE_S = 30.0
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SLOW_IMPORT = """
import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "meterbase_tui.cli":
            print("ready", flush=True)
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from meterbase_tui.__main__ import run
run()
"""
HALF_A_FILE = """
import sys, time
from meterbase_tui.cli import entry
from meterbase_tui.private_files import replacing
def invoke(context):
    with replacing("whole.jsonl") as file:
        file.write(b"half")
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("leaving", flush=True)
            sys.stdin.readline()
            print("left", flush=True)
entry.root.invoke = invoke
from meterbase_tui.__main__ import run
run()
"""
STUCK = """
import signal, time
from meterbase_tui.cli import entry, stopping
stopping._LONGEST_END_S = 0.2
def invoke(context):
    try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        time.sleep(60)
entry.root.invoke = invoke
from meterbase_tui.__main__ import run
run()
"""


@contextmanager
def running(cli: Cli, argv: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process with pipes to it; killed at the end if it still lives."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=cli.cwd, env=cli.environ({})
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def script(cli: Cli) -> Callable[[str], AbstractContextManager[subprocess.Popen[str]]]:
    """Runs the command with something about it changed."""
    return lambda code: running(cli, [sys.executable, "-c", code, "status"])


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = process.communicate(timeout=DEADLINE_S)
    return process.returncode, err


def test_while_it_is_imported_it_ends_without_a_word(
    script: Callable[[str], AbstractContextManager[subprocess.Popen[str]]],
) -> None:
    with script(SLOW_IMPORT) as process:
        assert read_line(process) == "ready\n"
        process.send_signal(signal.SIGINT)
        assert ended(process) == (-signal.SIGINT, "")


@pytest.mark.parametrize("number", CODES)
def test_no_half_written_file_is_left_also_when_asked_twice(
    script: Callable[[str], AbstractContextManager[subprocess.Popen[str]]],
    cli: Cli,
    number: signal.Signals,
) -> None:
    whole = cli.cwd / "whole.jsonl"
    whole.write_text("as it was")
    with script(HALF_A_FILE) as process:
        assert read_line(process) == "ready\n"
        assert len(list(cli.cwd.iterdir())) == 2
        process.send_signal(number)
        assert read_line(process) == "leaving\n"
        process.send_signal(number)
        out, err = process.communicate("\n", timeout=DEADLINE_S)
        assert (process.returncode, out, err) == (CODES[number], "left\n", "")
    assert list(cli.cwd.iterdir()) == [whole]
    assert whole.read_text() == "as it was"


def test_what_does_not_let_go_is_ended_all_the_same(
    script: Callable[[str], AbstractContextManager[subprocess.Popen[str]]],
) -> None:
    with script(STUCK) as process:
        assert read_line(process) == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (CODES[signal.SIGTERM], "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_pipe_that_nobody_reads_holds_nothing_up(cli: Cli, number: signal.Signals) -> None:
    with running(cli, cli.argv("samples", "--json")) as process:
        assert read_line(process).startswith("{")
        process.send_signal(number)
        assert ended(process) == (CODES[number], "")


def test_between_two_deliveries(cli: Cli, receiver: Listening) -> None:
    argv = cli.argv(
        "send", "test_ping", "--repeat", "9", "--rate", "0.01", "--url", receiver.url, "--json"
    )
    with running(cli, argv) as process:
        assert '"status":200' in read_line(process)
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (CODES[signal.SIGTERM], "")


def test_what_was_ignored_from_the_start_stays_ignored(
    script: Callable[[str], AbstractContextManager[subprocess.Popen[str]]],
) -> None:
    with script(f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{STUCK}") as process:
        assert read_line(process) == "ready\n"
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (CODES[signal.SIGTERM], "")


def test_listen_ends_with_0_however_often_it_is_asked(
    listening: Callable[..., AbstractContextManager[Listening]], tmp_path: Path
) -> None:
    with listening() as running_one:
        for _ in range(3):
            os.kill(running_one.process.pid, signal.SIGTERM)
        assert running_one.process.wait(DEADLINE_S) == 0
        assert not running_one.db.with_name("listen.db.control").exists()
