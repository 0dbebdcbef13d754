"""The screen, opened where there is a terminal to draw it on."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import TARGET, setting_options
from meterbase_tui.cli.session import Session, require_store
from meterbase_tui.settings import find_folders
from meterbase_tui.version import name_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.memory import Memory
    from meterbase_tui.settings import Settings
    from store.errors import StoreInUseError


def open_screen(session: Session) -> int:
    """Opens the screen with the receiver in it; returns the exit code.

    A store that another receiver has open can be looked at instead, if the user agrees.

    Raises:
        CommandError: standard input or output is not a terminal, or one that cannot be drawn on.
        SettingsError, StoreError: what cannot be opened.
    """
    _require_terminal("Run `meterbase-tui listen` to receive without a screen.")
    settings = session.load()
    # Here, since it takes Textual, which draws even where there is nothing to draw on.
    from meterbase_tui.app import run, view  # noqa: PLC0415
    from meterbase_tui.cli.receiving import port_failures  # noqa: PLC0415
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
@setting_options((*TARGET,))
@click.pass_obj
def view(session: Session, /) -> int:
    """Watch a store that another process receives into.

    The same screen, without a receiver: it reads, and what it sends or changes goes through the
    receiver that has the store open. Several may watch at once.
    """
    _require_terminal("Run `meterbase-tui deliveries` to list what was received.")
    settings = session.load()
    require_store(settings)
    from meterbase_tui.app import view as open_view  # noqa: PLC0415 - it takes Textual

    with _titled(settings):
        return open_view(settings, _memory())


@contextmanager
def _titled(settings: Settings) -> Iterator[None]:
    """Names the terminal's window for as long as the screen is open, and gives its name back."""
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
    from meterbase_tui.memory import Memory  # noqa: PLC0415 - only the screen has one

    return Memory(find_folders().screen_state)


def _require_terminal(advice: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(f"The screen needs a terminal. {advice}", Exit.USAGE)
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise CommandError(
            f"The terminal cannot draw a screen (TERM is {os.environ.get('TERM', '')!r}). {advice}",
            Exit.USAGE,
        )
