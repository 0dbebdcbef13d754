"""A terminal of any size, and one that changes it all the time: the program stays as it is."""

from __future__ import annotations

import fcntl
import random
import signal
import struct
import termios
from typing import TYPE_CHECKING

import pytest

from tests.stand_ins.screen_terminal import ENTERED, LEFT, ScreenTerminal

if TYPE_CHECKING:
    from pathlib import Path

SIZES = ((1, 1), (0, 0), (2, 500), (500, 500), (500, 2), (3, 80), (24, 1), (24, 80))


def resize(terminal: ScreenTerminal, lines: int, columns: int) -> None:
    fcntl.ioctl(terminal._here, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    terminal.process.send_signal(signal.SIGWINCH)


@pytest.mark.stress
def test_f30_sizes_that_no_terminal_has_and_a_storm_of_them(tmp_path: Path) -> None:
    chance = random.Random(30)
    # Without these it asks the terminal.
    with ScreenTerminal(tmp_path, COLUMNS="", LINES="") as terminal:
        resize(terminal, 24, 80)
        terminal.until(ENTERED)
        terminal.until(b"deliveries")
        for lines, columns in SIZES:
            resize(terminal, lines, columns)
            terminal._read(0.05)
        for _ in range(100):
            resize(terminal, chance.randrange(120), chance.randrange(200))
            terminal._read(0.002)
        terminal.output = b""
        resize(terminal, 24, 80)
        terminal.until(b"deliveries")
        assert terminal.process.poll() is None
        terminal.process.terminate()
        assert terminal.end() == 0
        assert LEFT in terminal.output
