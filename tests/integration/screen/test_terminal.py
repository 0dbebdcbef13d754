"""The program in a real terminal: how it starts, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import pytest

from tests.integration.screen.test_pictures import HOSTILES
from tests.stand_ins.still_receiver import write_history

if TYPE_CHECKING:
    from pathlib import Path

ENTERED = b"\x1b[?1049h"
LEFT = b"\x1b[?1049l"
MOUSE_OFF = b"\x1b[?1000l"


class Terminal:
    """The program on a pseudo-terminal of 100 columns and 30 lines, unless told otherwise.

    Args:
        folder: where everything of it is.
        before: Python to run in its process first, such as a mistake to be made.
        options: given to the command besides.
        variables: of its environment.
    """

    def __init__(self, folder: Path, before: str = "", *options: str, **variables: str) -> None:
        self.store = folder / "store.db"
        self.output = b""
        self._here, there = pty.openpty()
        environment = os.environ | {
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LINES": "30",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PROPEXO_WEBHOOK_SECRET": "the secret of this terminal",
        }
        environment |= variables
        run = f"{before}\nimport sys\nfrom meterbase_tui.cli import main\nsys.exit(main())"
        command = [sys.executable, "-c", run, *(options or ("--no-tunnel",)), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--db", str(self.store)],
            stdin=there,
            stdout=there,
            stderr=there,
            env=environment,
            start_new_session=True,
        )
        os.close(there)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        with suppress(OSError):
            os.close(self._here)

    def until(self, wanted: bytes, seconds: float = 60.0) -> None:
        """Reads until something was written; fails with what was."""
        deadline = time.monotonic() + seconds
        while wanted not in self.output:
            assert time.monotonic() < deadline, self.output[-2_000:]
            self._read(0.1)

    def wait(self, wanted: bytes, since: int, seconds: float = 30.0) -> None:
        """Reads until something was written after so many bytes, or for so long."""
        deadline = time.monotonic() + seconds
        while not self._has(wanted, since) and time.monotonic() < deadline:
            self._read(0.1)

    def _has(self, wanted: bytes, since: int) -> bool:
        return len(self.output) > since and wanted in self.output[since:]

    def end(self, seconds: float = 60.0) -> int:
        """Waits for the program to end; its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it did not end"
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.returncode

    def type(self, keys: bytes) -> None:
        """Presses keys."""
        os.write(self._here, keys)

    def rest(self, seconds: float) -> None:
        """Takes in what is written until nothing has been for so long."""
        while self._read(seconds):
            pass

    def hang_up(self) -> None:
        """Closes the terminal's window."""
        os.close(self._here)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._here], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._here, 65_536)
        except OSError:
            return False
        self.output += data
        return bool(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def start(folder: Path) -> Terminal:
    terminal = Terminal(folder)
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
