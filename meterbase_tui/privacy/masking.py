"""Secrets on display: enough to tell two of them apart, and no more."""

from __future__ import annotations

from meterbase_tui.text import visible_bytes

_SHOWN = 2
_LEAST_TO_SHOW = 16
_HIDDEN = "••••••••"


def mask(secret: bytes) -> str:
    """A secret's length and, of a long one, its last two characters."""
    length = len(_text(secret))
    return f"{mask_briefly(secret)} ({length} {'character' if length == 1 else 'characters'})"


def mask_briefly(secret: bytes) -> str:
    """Of a long secret, its last two characters.

    The end shows what a copy and paste may have brought along: a quote, a space, a line end.
    """
    text = _text(secret)
    if len(text) < _LEAST_TO_SHOW:
        return _HIDDEN
    return _HIDDEN + visible_bytes(text[-_SHOWN:].encode("utf-8", "surrogateescape"))


def _text(secret: bytes) -> str:
    return secret.decode("utf-8", "surrogateescape")
