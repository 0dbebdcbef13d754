"""Copies a text to the terminal's clipboard, and keeps it in a file where that may not do.

A terminal takes a copy by an escape sequence (OSC 52), also over SSH, and never says whether it
did. Many take no more than some kilobytes. So what is long goes into a private file too.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

_MOST = 48 << 10
"""Of text: Base64 makes a third more of it, and common terminals end at 74 KB."""


def copy(app: App[Any], text: str, what: str) -> str:
    """Copies, and says where the text is, as a sentence.

    Args:
        app: whose terminal has the clipboard.
        text: what to copy.
        what: what it is, for the sentence.
    """
    size = f"{len(text):,} characters" if len(text) > 1 else "1 character"
    if len(text) <= _MOST:
        app.copy_to_clipboard(text)
        return f"Copied {what} ({size}); where the terminal has no clipboard, see `show` or `curl`."
    long = f"{what[0].upper()}{what[1:]} ({size}) is too long for a clipboard"
    long = f"{what[0].upper()}{what[1:]} ({size}) is too long for a clipboard"
    try:
        path = _keep(text)
    except OSError as error:
        return f"{long}, and no file took it: {error.strerror}."
    return f"{long}: it is in {path}"


def _keep(text: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="meterbase-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    return Path(name)
