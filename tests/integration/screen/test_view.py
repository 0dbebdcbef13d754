"""The screen on a store that another receiver has open: it reads, and asks that receiver."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.panels.checks import ChecksPanel
from meterbase_tui.queries.reading import Reading
from meterbase_tui.receiving.links import OtherReceiver
from receiver.checks import CheckName
from tests.integration.screen.conftest import Display
from tests.integration.screen.webhooks import NEW_UNIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from meterbase_tui.settings import Settings


@asynccontextmanager
async def viewing(settings: Settings) -> AsyncIterator[Display]:
    """The screen of somebody who only knows where the store is."""
    reading = Reading(settings.db)
    desk = Desk(OtherReceiver(settings), reading)
    app = MeterbaseApp(desk)
    try:
        async with app.run_test(size=(160, 45), notifications=True) as pilot:
            yield Display(app, pilot)
    finally:
        desk.close()
        reading.close()


async def test_it_shows_what_the_other_receives_and_replays_to_it(bench: Any) -> None:
    # Another port and no secret in its own settings: what is true is what the receiver says.
    async with viewing(replace(bench.settings, port=1)) as display:
        await display.shows("viewing", bench.url)
        await asyncio.to_thread(bench.post, NEW_UNIT)
        await display.shows("data.new", "unit_xyz789", "✓ created")
        await display.press("r")
        await display.shows("↻×2 #1")
    assert [found.replay_of for found in bench.deliveries()] == [None, 1]


async def test_it_changes_the_store_through_the_receiver_only(bench: Any) -> None:
    async with viewing(bench.settings) as display:
        await asyncio.to_thread(bench.post, NEW_UNIT | {"connection_id": "conn_new"})
        await display.shows("conn_new", "○ unregistered")
        await display.press("c")
        await display.shows("! connections")
        await display.press("4")
        panel = display.app.screen.query_one("#checks", ChecksPanel)
        names = [check.name for check in panel.checks]
        panel.table.select_row(len(names) - names.index(CheckName.CONNECTIONS))
        await display.press("enter")
        await display.shows("enter register the connection")
        await display.press("enter")
        await display.tells("Registered conn_new")
        # Processed again by the receiver, and the row of long ago says so.
        await display.shows("conn_new", "○ unlinked")


async def test_without_a_receiver_it_still_shows_the_store(open_bench: Any) -> None:
    with open_bench() as bench:
        bench.post(NEW_UNIT)
        bench.settle()
        settings = bench.settings
    async with viewing(settings) as display:
        await display.shows("Nobody receives into this store now")
        await display.shows("data.new", "✓ created")
        await display.press("r")
        await display.tells("Nothing answers at")
        with open_bench() as bench:
            await display.shows("viewing", bench.url)


async def test_without_a_secret_it_says_so_and_goes_on(bench: Any) -> None:
    bench.post(NEW_UNIT)
    async with viewing(replace(bench.settings, secret=None)) as display:
        await display.shows("secret not known here")
        await display.press("r")
        await display.tells("There is no signing secret yet")
        await display.press("x")
        await display.shows("Incoming events · 1")


class Second:
    """A second program on a store that is in use, in a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.output = b""
        self._here, there = pty.openpty()
        environment = os.environ | {
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LINES": "30",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PROPEXO_WEBHOOK_SECRET": "the secret that the tests share",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "meterbase_tui", *arguments],
            stdin=there,
            stdout=there,
            stderr=there,
            env=environment,
            start_new_session=True,
        )
        os.close(there)

    def until(self, wanted: bytes, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while wanted not in self.output:
            assert time.monotonic() < deadline, self.output[-3_000:]
            self._read()

    def type(self, keys: bytes) -> None:
        os.write(self._here, keys)

    def end(self, seconds: float = 60.0) -> int:
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it did not end"
            self._read()
        return self.process.returncode

    def _read(self) -> None:
        ready, _, _ = select.select([self._here], [], [], 0.1)
        with suppress(OSError):
            self.output += os.read(self._here, 65_536) if ready else b""

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        os.close(self._here)


@pytest.fixture
def second(bench: Any, tmp_path: Path) -> Iterator[Any]:
    """Starts the program on the store of the test's receiver."""
    started: list[Second] = []

    def start(*arguments: str) -> Second:
        options = (
            "--db",
            str(bench.settings.db),
            *(() if "view" in arguments else ("--port", "0")),
        )
        started.append(Second(tmp_path, *arguments, *options))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_a_second_program_offers_to_view(bench: Any, second: Any) -> None:
    terminal = second("--no-tunnel")
    terminal.until(b"Watch what it receives")
    assert f"(process {os.getpid()})".encode() in terminal.output
    terminal.type(b"\r")
    terminal.until(b"viewing")
    terminal.until(b"Quit")
    bench.post(NEW_UNIT)
    terminal.until(b"unit_xyz789")
    terminal.type(b"q")
    assert terminal.end() == 0
    assert bench.post(NEW_UNIT).status == 200


@pytest.mark.parametrize("answer", [b"n\r", b"\x04"])
def test_who_does_not_want_to_view_is_told_what_else_to_do(second: Any, answer: bytes) -> None:
    terminal = second("--no-tunnel")
    terminal.until(b"Watch what it receives")
    terminal.type(answer)
    assert terminal.end() == 6
    assert b"meterbase-tui view" in terminal.output
    assert b"Traceback" not in terminal.output


def test_view_is_a_command(bench: Any, second: Any) -> None:
    bench.post(NEW_UNIT)
    terminal = second("view")
    terminal.until(b"unit_xyz789")
    terminal.until(b"Quit")
    terminal.type(b"q")
    assert terminal.end() == 0


def test_without_a_terminal_or_a_store_view_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "meterbase_tui", "view", "--db", str(tmp_path / "none.db")]
    found = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (found.returncode, found.stdout) == (2, b"")
    assert b"deliveries" in found.stderr
    assert not (tmp_path / "none.db").exists()
