"""The screen, opened where there is a terminal to draw it on."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from meterbase_tui import collector
from meterbase_tui.cli.exits import CommandError, Exit, port_failures
from meterbase_tui.cli.options import TARGET, setting_options
from meterbase_tui.cli.session import Session, require_store
from meterbase_tui.settings import find_folders
from meterbase_tui.settings.definitions import BY_NAME
from meterbase_tui.terminal.signals import signals_given_back
from meterbase_tui.version import PROGRAM, name_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.settings import Settings
    from meterbase_tui.terminal.memory import Memory
    from store.errors import StoreInUseError


_SERVED = "TEXTUAL_DRIVER"
"""Textual's variable for what draws instead of a terminal."""


def open_screen(session: Session) -> int:
    """Opens the screen with the receiver in it; returns the exit code.

    A store that another receiver has open can be looked at instead, if the user agrees.

    Raises:
        CommandError: standard input or output is not a terminal, or one that cannot be drawn on.
        SettingsError, StoreError: what cannot be opened.
    """
    _require_terminal("Run `meterbase-tui listen` to receive without a screen.")
    settings = session.load()
    collector.begin_long_start()
    # Here, since it takes Textual, which draws even where there is nothing to draw on.
    from meterbase_tui.showing import run, view  # noqa: PLC0415
    from store.errors import StoreInUseError  # noqa: PLC0415

    try:
        with port_failures(), _titled(settings):
            return run(settings, _memory(), session.load)
    except StoreInUseError as error:
        if not _agrees_to_view(session, settings, error):
            raise
    with _titled(settings):
        return view(settings, _memory())


def _agrees_to_view(session: Session, settings: Settings, error: StoreInUseError) -> bool:
    holder = f"process {error.holder}" if error.holder else "another process"
    session.console.say(f"A receiver is using the store {settings.db} already ({holder}).")
    try:
        return click.confirm("Watch what it receives, and replay to it?", default=True, err=True)
    except click.Abort:
        session.console.say("")
        return False


@click.command()
@click.option("--browser", is_flag=True, help="Show it in browsers on this machine instead.")
@click.option(
    "--browser-port",
    type=click.IntRange(1, 65_535),
    default=8789,
    show_default=True,
    metavar="PORT",
    help="Where browsers find it, on 127.0.0.1.",
)
@setting_options((*TARGET,))
@click.pass_obj
def view(session: Session, /, *, browser: bool, browser_port: int) -> int:
    """Watch a store that another process receives into.

    The same screen, without a receiver: it reads, and what it sends or changes goes through the
    receiver that has the store open. Several may watch at once.
    """
    if not browser:
        _require_terminal("Run `meterbase-tui deliveries` to list what was received.")
    settings = session.load()
    require_store(settings)
    if browser:
        return _serve(session, browser_port)
    collector.begin_long_start()
    from meterbase_tui.showing import view as open_view  # noqa: PLC0415 - it takes Textual

    with _titled(settings):
        return open_view(settings, _memory())


def _serve(session: Session, port: int) -> int:
    """Serves the screen to browsers until a signal comes."""
    try:
        from meterbase_tui.browser import BrowserServer  # noqa: PLC0415 - what it takes is optional
    except ModuleNotFoundError as error:
        raise CommandError(
            f"The screen in a browser needs {error.name}: pip install '{PROGRAM}[browser]'.",
            Exit.USAGE,
        ) from None

    def tell(address: str) -> None:
        session.console.line(address)
        session.console.flush()
        session.console.say("Open this address on this machine; stop with Ctrl-C.")

    argv = [sys.executable, "-m", "meterbase_tui", "view", *_written_options(session)]
    try:
        with signals_given_back():
            BrowserServer(shlex.join(argv), port).run(tell)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise CommandError(
            f"The port {port} cannot be listened on ({reason}). Choose one with --browser-port.",
            Exit.IN_USE,
        ) from None
    return Exit.DONE


def _written_options(session: Session) -> Iterator[str]:
    """The settings of the command line, as they are typed."""
    for name, value in session.options.items():
        definition = BY_NAME.get(name)
        option = definition.option if definition else f"--{name.replace('_', '-')}"
        yield f"{option}={value}"


@contextmanager
def _titled(settings: Settings) -> Iterator[None]:
    """Names the terminal's window for as long as the screen is open, and gives its name back."""
    if _SERVED in os.environ:
        yield
        return
    # xterm's sequences, which terminals that do not know them pass over.
    _write_to_terminal(f"\x1b[22;0t\x1b]0;{name_window(settings.profile)}\x07")
    try:
        yield
    finally:
        _write_to_terminal("\x1b[23;0t")


def _write_to_terminal(sequence: str) -> None:
    # Past the buffer, which would fail once more at the very end when the terminal is gone.
    with suppress(OSError):
        os.write(sys.stdout.fileno(), sequence.encode())


def _memory() -> Memory:
    from meterbase_tui.terminal.memory import Memory  # noqa: PLC0415 - only the screen has one

    return Memory(find_folders().screen_state)


def _require_terminal(advice: str) -> None:
    if _SERVED in os.environ:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(f"The screen needs a terminal. {advice}", Exit.USAGE)
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise CommandError(
            f"The terminal cannot draw a screen (TERM is {os.environ.get('TERM', '')!r}). {advice}",
            Exit.USAGE,
        )
