"""The program in a real terminal: how it starts, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.screen.test_pictures import HOSTILES
from tests.stand_ins.screen_terminal import ENTERED, LEFT, MOUSE_OFF, ScreenTerminal
from tests.stand_ins.still_receiver import write_history

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def start(folder: Path) -> ScreenTerminal:
    terminal = ScreenTerminal(folder)
    terminal.until(ENTERED)
    terminal.until(b"Incoming events")
    terminal.until(b"Quit")
    return terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_the_terminal_clean(
    folder: Path, number: signal.Signals
) -> None:
    with start(folder) as terminal:
        terminal.process.send_signal(number)
        assert terminal.end() == 0
        assert LEFT in terminal.output
        assert MOUSE_OFF in terminal.output
        assert b"Traceback" not in terminal.output
        # Closed, not only left: the log of the database is empty and the lock is free.
        wal = terminal.store.with_name("store.db-wal")
        assert not wal.exists() or wal.stat().st_size == 0
    with start(folder) as again:
        again.type(b"q")
        assert again.end() == 0


def test_closing_the_window_ends_it(folder: Path) -> None:
    with start(folder) as terminal:
        terminal.hang_up()
        terminal.process.send_signal(signal.SIGHUP)  # what the kernel sends to a session's leader
        terminal.process.wait(60)


def test_a_terminal_that_goes_away_without_a_signal_ends_it_too(folder: Path) -> None:
    with start(folder) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(60) == 0
    # Neither the store nor the port is kept by a program that nobody sees.
    with start(folder) as again:
        again.type(b"q")
        assert again.end() == 0


def test_the_secret_is_never_written_to_the_terminal(folder: Path) -> None:
    with start(folder) as terminal:
        terminal.type(b"s")
        terminal.until(b"Send a sample")
        terminal.type(b"1")
        terminal.until(b"acknowledged")
        terminal.type(b"qq")  # out of the picker, then out of the program
        assert terminal.end() == 0
        assert b"the secret of this terminal" not in terminal.output


FOREIGN = (b"\x1b]52", b"cHdu\x07", b"\x00", b"\x9b2J", "\u202e".encode(), "\u200b".encode())
_ESC, _TAB, _BACKTAB = b"\x1b", b"\t", b"\x1b[Z"
#: What is typed, and what is seen before the next key: a line that is not drawn anew is not.
TOUR: tuple[tuple[bytes, str], ...] = (
    *((key, "") for key in (b"j", b"2", b"j", b"3", b"j", b"4", b"1")),
    (b"\r", "Payload"), (b"]", ""), (b"]", "Verdict"), (b"]", ""), (b"]", ""),
    (_ESC, "Incoming"), (b"f", "Show only"), (b"\x1b[B", ""), (_TAB, ""), (_ESC, ""),
    (b"/", "Search everything"), (_ESC, ""), (b"s", "Send a sample"), (_ESC, ""),
    (b"?", "Move"), (_ESC, ""), (b"g", ""), (b" ", ""), (b" ", ""), (b" ", "marked"),
    (b"r", "Are you sure?"), (_ESC, ""), (b"\x10", "Search"), (_ESC, ""),
    # The records by their tabs, and a unit and its history.
    (b"o", "to review"), *((_TAB, "") for _ in range(9)), (b"\r", "newest first"),
    (_ESC, "Records"), *((_BACKTAB, "") for _ in range(3)), (b"x", "brings it back"),
    (b"D", "✓ dismissed"), (b"X", ""), (b"z", "Brought back"), (b"D", ""),
    (b"\r", "Processing"), (_ESC, "Records"),
    (_ESC, "Incoming"),
    # Every tab of every delivery, differences, copies, an export that is left, a sample.
    (b"1", ""), (b"g", ""), (b"j", ""), (b"\r", "Payload"),
    *((key, "") for key in (b"J", b"l", b"v") * 7), (b"y", "Copy"), (_ESC, ""),
    (b"E", "Export 1 delivery"), (_ESC, ""), (b"w", "Keep as a sample"), (_ESC, ""),
    (_ESC, "Incoming"), (b"3", ""), (b"j", ""), (b"\r", "Payload"), (b"d", "- delivery"),
    (_ESC, "Payload"), (b"e", "Sign and send"), (_ESC, "Payload"), (_ESC, "Incoming"),
    # Why signatures failed, a scenario, the picker's samples, and a filter for hostile text.
    (b"C", "Why signatures failed"), (b"\r", "Verdict"), (_ESC, "Incoming"),
    (b"S", "Play Propexo"), (b"j", ""), (_ESC, ""), (b"s", "Send a sample"), (b"/", ""),
    (b"hostile", ""), (b"\r", ""), *((b"j", "") for _ in range(4)), *((_ESC, "") for _ in range(3)),
    (b"/", "Search everything"), (b"cHdu", ""), (b"\r", "shows all"), (_ESC, ""),
    (b"P", "masked"), (b"T", "Theme: light"),
)  # fmt: skip


OPENED = (b"Verdict", b"Show only", b"to review", b"Export 1 delivery", b"Sign and send",
          b"Why signatures failed", b"Play Propexo", b"Send a sample", b"Theme: light")  # fmt: skip


def test_nothing_hostile_leaves_by_the_terminal(folder: Path) -> None:
    write_history(folder / "store.db", HOSTILES)
    with start(folder) as terminal:
        terminal.until(b"app.quit")
        for keys, seen in TOUR:
            before = len(terminal.output)
            terminal.type(keys)
            # An escape by itself is told from the beginning of a sequence by a pause: until it has
            # led to something, no other key should follow. One that nothing comes of is none.
            if seen or keys == _ESC:
                terminal.wait(seen.encode(), before, 30.0 if seen else 2.0)
            terminal.rest(0.3 if keys == _ESC else 0.1)
        terminal.type(b"q")
        assert terminal.end() == 0
        assert [found for found in FOREIGN if found in terminal.output] == []
        assert [words for words in OPENED if words not in terminal.output] == []


def test_no_color_is_honoured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    write_history(folder / "store.db", HOSTILES)
    with start(folder) as terminal:
        terminal.until(b"invalid")
        terminal.type(b"q")
        assert terminal.end() == 0
    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.output)
    assert colours
    assert {len(set(colour)) for colour in colours} == {1}


def test_without_a_terminal_it_says_so(folder: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "meterbase_tui", "--no-tunnel", "--db", str(folder / "store.db")],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 2
    assert found.stdout == b""
    assert b"terminal" in found.stderr
    assert not (folder / "store.db").exists()
