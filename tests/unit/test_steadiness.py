"""What tests wait and measure with, on a machine that has other things to do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.app import App

from tests.stand_ins import patient_pilot
from tests.stand_ins.ports import find_port
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import Patience, wait_until

if TYPE_CHECKING:
    from textual import events

STOPPED = """
import os, signal, subprocess, sys, time
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import Patience
wake = "import os, signal, sys, time; time.sleep(1.5); os.kill(int(sys.argv[1]), signal.SIGCONT)"
with Stopwatch() as took:
    patience, began = Patience(1.2), time.monotonic()
    subprocess.Popen([sys.executable, "-c", wake, str(os.getpid())])
    os.kill(os.getpid(), signal.SIGSTOP)
    print(patience.lasts, time.monotonic() - began > 1.4)
print(took.seconds < 1.0)
"""


def test_neither_a_stopwatch_nor_patience_counts_while_the_process_is_stopped() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "True"]


def test_a_stopwatch_counts_what_takes_its_time() -> None:
    with Stopwatch() as took:
        time.sleep(0.2)
        so_far = took.seconds
        time.sleep(0.2)
    assert 0.1 < so_far < took.seconds
    assert took.seconds > 0.3


def test_patience_ends() -> None:
    with pytest.raises(AssertionError, match=r"a miracle: not within 0\.1 s"):
        wait_until(lambda: False, "a miracle", 0.1)
    patience = Patience(0.05)
    time.sleep(0.1)
    assert not patience.lasts


def test_a_port_is_free_and_given_to_nobody_else() -> None:
    assert 1024 < find_port() < 32_768


class Slow(App[None]):
    """Hears a key late: after many turns of its loop, or by way of another thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def on_key(self, event: events.Key) -> None:
        if event.key == "t":
            self.run_worker(self._hear_elsewhere())
        else:
            self._hear(100)

    def _hear(self, turns: int) -> None:
        if turns:
            self.call_later(self._hear, turns - 1)
        else:
            self.heard.append("turns")

    async def _hear_elsewhere(self) -> None:
        await asyncio.to_thread(time.sleep, 0.2)
        self.heard.append("thread")


async def test_a_pilot_waits_for_what_a_key_led_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_idle(*_: float) -> None:
        """As Textual finds a process that gets no time."""

    monkeypatch.setattr(patient_pilot, "wait_for_idle", is_idle)
    patient_pilot.make_patient(monkeypatch)
    app = Slow()
    async with app.run_test() as pilot:
        await pilot.press("k")
        assert app.heard == ["turns"]
        await pilot.press("t")
        assert app.heard == ["turns", "thread"]
