"""The screen, opened where there is a terminal to draw it on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import CommandError, Exit

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session


def open_screen(session: Session) -> int:
    """Opens the screen with the receiver in it; returns the exit code.

    Raises:
        CommandError: standard input or output is not a terminal, or one that cannot be drawn on.
    """
    _require_terminal()
    settings = session.load()
    # Here, since it takes Textual, which draws even where there is nothing to draw on.
    from meterbase_tui.app import run  # noqa: PLC0415
    from meterbase_tui.cli.receiving import port_failures  # noqa: PLC0415

    with port_failures():
        return run(settings, session.load)


def _require_terminal() -> None:
    advice = "Run `meterbase-tui listen` to receive without a screen."
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(f"The screen needs a terminal. {advice}", Exit.USAGE)
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise CommandError(
            f"The terminal cannot draw a screen (TERM is {os.environ.get('TERM', '')!r}). {advice}",
            Exit.USAGE,
        )
