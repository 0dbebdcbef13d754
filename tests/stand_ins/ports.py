"""A port for a server that starts later, or more than once."""

from __future__ import annotations

import random
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below those that a system gives to whoever asks for any: of these, somebody could have been given
one between its choice and its use."""


def find_port() -> int:
    """A port on 127.0.0.1 that nobody has now, nor is likely to have soon."""
    dice = random.SystemRandom()
    while True:
        port = dice.randrange(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
