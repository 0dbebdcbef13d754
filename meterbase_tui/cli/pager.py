"""Long output on a terminal: shown by the user's pager, as git and man do it."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGER = "less"
_LESS = "FRX"
"""What `less` is to do where the user has not said it: as git has it."""


def find_pager(environ: Mapping[str, str]) -> list[str] | None:
    """The pager's command; None where there is none, or where the user wants none.

    Args:
        environ: `PAGER` names it, and is empty or `cat` for none.
    """
    try:
        argv = shlex.split(environ.get("PAGER", _PAGER))
    except ValueError:
        return None
    if not argv or argv == ["cat"] or environ.get("TERM") == "dumb":
        return None
    return argv if shutil.which(argv[0], path=environ.get("PATH")) else None


def show(argv: list[str], text: str, environ: Mapping[str, str]) -> None:
    """Shows a text until the user has seen enough of it.

    Raises:
        OSError: the pager cannot be started.
    """
    surroundings = {"LESS": _LESS, **environ}
    # The command is the user's own, and no shell reads it.
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=surroundings) as pager:  # noqa: S603
        # Ctrl-C is meant for the pager, which stays.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            # Who leaves early does not read the rest, which is no error here.
            pager.communicate(text.encode("utf-8", "backslashreplace"))
        finally:
            signal.signal(signal.SIGINT, before)
