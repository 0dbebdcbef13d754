"""Where two bodies part."""

from __future__ import annotations

from dataclasses import dataclass

#: Bytes shown from the first that differs.
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """The first byte where the body received differs from the one that was signed."""

    offset: int
    """From the beginning of the body, 0 for its first byte."""
    received: bytes
    """Up to 16 bytes from there on; nothing if the body ends there. Foreign bytes."""
    signed: bytes
    """The same of what was signed."""


def first_difference(received: bytes, signed: bytes) -> Difference | None:
    """Where two bodies part; None if they are the same."""
    if received == signed:
        return None
    low, high = 0, min(len(received), len(signed))
    while low < high:
        middle = (low + high + 1) // 2
        if received[low:middle] == signed[low:middle]:
            low = middle
        else:
            high = middle - 1
    end = low + _SHOWN
    return Difference(low, received[low:end], signed[low:end])
