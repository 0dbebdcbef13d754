"""How the program starts: what it imports and reads before something is to be seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from meterbase_tui import opening
from meterbase_tui.app import MeterbaseApp
from meterbase_tui.cli.session import Session
from meterbase_tui.opening import Opening
from receiver.errors import PortError
from tests.integration.screen.conftest import Display
from tests.stand_ins.screen_terminal import ENTERED, LEFT, ScreenTerminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from meterbase_tui.receiving.links import ReceiverLink
    from meterbase_tui.settings import Settings

BEFORE_THE_FRAME = """
import asyncio, json, sys
from meterbase_tui.app import MeterbaseApp
from meterbase_tui.cli.session import Session
from meterbase_tui.opening import Opening

class Watched(Opening):
    def open(self):
        seen["modules"] = sorted({name.partition(".")[0] for name in sys.modules})
        strips = app.screen._compositor.render_strips()
        seen["frame"] = "".join(segment.text for strip in strips for segment in strip)
        raise OSError("far enough")

seen = {}
session = Session()
app = MeterbaseApp(Watched(session.load(), None))
app.run(headless=True, size=(160, 45))
print(json.dumps(seen))
"""
LISTENING = """
import json, os, signal, sys, threading
from meterbase_tui.cli import main
from meterbase_tui.cli.listen_lines import JsonLines

ready = JsonLines.ready
def show(self, *arguments, **named):
    ready(self, *arguments, **named)
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
JsonLines.ready = show
sys.exit(main(["listen", "--json", "--no-tunnel", "--port", "0"]))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    session = Session()
    session.options |= {"db": str(tmp_path / "store.db"), "port": "0", "tunnel": "none"}
    return session.load()


def _run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    environment = os.environ | dict.fromkeys(names, str(folder))
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )


def test_the_frame_stands_before_the_store_and_the_receiver_are_imported(tmp_path: Path) -> None:
    seen = json.loads(_run(BEFORE_THE_FRAME, tmp_path).stdout.splitlines()[-1])
    assert "Incoming events" in seen["frame"]
    assert {"textual", "meterbase_tui"} <= set(seen["modules"])
    assert not {"sqlalchemy", "sqlite3", "aiohttp", "pyngrok"} & set(seen["modules"])


def test_listening_takes_what_it_needs(tmp_path: Path) -> None:
    modules = json.loads(_run(LISTENING, tmp_path).stderr.splitlines()[-1])
    assert {"aiohttp", "sqlalchemy"} <= set(modules)
    assert not {"textual", "pyngrok", "sqlalchemy.orm"} & set(modules)
    # Nothing is fetched, passed on or run.
    unneeded = {
        "receiver.refreshing.job_runner",
        "receiver.forwarding.forwarder",
        "receiver.tunnel.command_provider",
        "receiver.tunnel.ngrok_provider",
    }
    assert not unneeded & set(modules)


@asynccontextmanager
async def opening_slowly(settings: Settings) -> AsyncIterator[tuple[Display, threading.Event]]:
    """The screen of a store that is opened when the event is set."""
    goes_on = threading.Event()

    @contextmanager
    def link() -> Iterator[ReceiverLink]:
        goes_on.wait(60)
        with opening.open_own(settings, lambda: settings)._link() as found:
            yield found

    with closing(Opening(settings, link)) as slow:
        app = MeterbaseApp(slow)
        async with app.run_test(size=(160, 45)) as pilot:
            yield Display(app, pilot), goes_on


async def test_the_dashboard_covers_the_frame_once_all_is_open(settings: Settings) -> None:
    async with opening_slowly(settings) as (display, goes_on):
        await display.shows("Opening the store")
        goes_on.set()
        await display.shows("0 deliveries", "0 refused")
        await display.hides("Opening the store")
        await display.press("s")
        await display.shows("Send a sample")


async def test_what_can_be_done_while_it_opens(settings: Settings) -> None:
    async with opening_slowly(settings) as (display, goes_on):
        await display.press("question_mark")
        await display.shows("Keys")
        await display.press("P", "T")
        goes_on.set()
        # The help is closed: it spoke of the frame.
        await display.shows("0 deliveries", "0 refused")
        await display.until(lambda: len(display.app.screen_stack) == 2, "the help is closed")


@pytest.mark.parametrize("action", ["key", "signal"])
def test_it_ends_cleanly_while_it_opens(tmp_path: Path, action: str) -> None:
    with ScreenTerminal(tmp_path) as terminal:
        terminal.until(ENTERED)
        terminal.until(b"Opening the store")
        if action == "key":
            terminal.type(b"q")
        else:
            terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end(60) == 0
        assert LEFT in terminal.output
        assert b"Traceback" not in terminal.output
        wal = terminal.store.with_name("store.db-wal")
        assert not wal.exists() or wal.stat().st_size == 0


def test_what_could_not_be_opened_is_said_after_the_frame_is_gone(tmp_path: Path) -> None:
    with ScreenTerminal(tmp_path, "", "--no-tunnel", "--host", "192.0.2.1") as terminal:
        assert terminal.end(60) == 2
    _, _, after = terminal.output.rpartition(LEFT)
    assert b"192.0.2.1" in after
    assert b"Traceback" not in terminal.output


async def test_a_failure_is_kept_for_whoever_started_the_screen(settings: Settings) -> None:
    def link() -> AbstractContextManager[ReceiverLink]:
        raise PortError("The port is taken.")

    app = MeterbaseApp(Opening(settings, link))
    async with app.run_test(size=(160, 45)):
        await app.workers.wait_for_complete()
    assert isinstance(app.failure, PortError)
