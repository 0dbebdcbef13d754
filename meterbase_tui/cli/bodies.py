"""Bodies that a command is given: files, and standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from meterbase_tui.cli.exits import CommandError, Exit

STDIN = "-"


def read_body(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises:
        CommandError: it cannot be read.
    """
    if name == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise CommandError(f"There is no file {name}.", Exit.NOT_FOUND) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CommandError(f"{name} cannot be read: {reason}.", Exit.USAGE) from None
