"""Secrets on display: enough to tell two of them apart, and no more."""

from __future__ import annotations

from meterbase_tui.text import visible_bytes

_SHOWN = 2
_LEAST_TO_SHOW = 16
_HIDDEN = "••••••••"


def mask(secret: bytes) -> str:
    """A secret's length and, of a long one, its last two characters.

    The end shows what a copy and paste may have brought along: a quote, a space, a line end.
    """
    text = secret.decode("utf-8", "surrogateescape")
    end = ""
    if len(text) >= _LEAST_TO_SHOW:
        end = visible_bytes(text[-_SHOWN:].encode("utf-8", "surrogateescape"))
    unit = "character" if len(text) == 1 else "characters"
    return f"{_HIDDEN}{end} ({len(text)} {unit})"
