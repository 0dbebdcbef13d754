"""Counts, spans and sizes as people write them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_SPANS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))
_LONGEST_NAME = 80
_THOUSAND = 1_000
_SIZES = (("GB", 10**9), ("MB", 10**6), ("KB", 10**3))
_ROUND = 10


def count(number: int, noun: str, plural: str = "", *, limit: int | None = None) -> str:
    """`1 event`, `3 events`, `10,000 or more events`.

    Args:
        number: how many.
        noun: the word for one.
        plural: the word for several, when it is not the noun and an s.
        limit: where counting ended.
    """
    more = " or more" if limit is not None and number >= limit else ""
    word = noun if number == 1 and not more else plural or f"{noun}s"
    return f"{number:,}{more} {word}"


def span(duration: timedelta | float) -> str:
    """A duration by its largest unit: `40 s`, `12 min`, `3 h`, `2 days`."""
    seconds = abs(duration if isinstance(duration, int | float) else duration.total_seconds())
    # 90 minutes are told as such: "1 h" would hide half of it.
    fitting = (each for each in _SPANS if seconds >= 2 * each[0])
    length, unit = next(fitting, _SPANS[-1])
    number = round(seconds / length)
    return count(number, unit) if unit == "day" else f"{number} {unit}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago: `12 min ago`."""
    return f"{span(now - moment)} ago"


def size(number: int) -> str:
    """A number of bytes: `640 KB`, `1.2 GB`."""
    if number < _THOUSAND:
        return count(number, "byte")
    unit, length = next(each for each in _SIZES if number >= each[1])
    return f"{_plainly(number / length)} {unit}"


def milliseconds(value: float) -> str:
    """`3.2 ms`, `140 ms`, `6.1 s`."""
    if value >= _THOUSAND:
        return f"{_plainly(value / _THOUSAND)} s"
    return f"{_plainly(value)} ms"


def _plainly(value: float) -> str:
    """With one decimal where it matters."""
    return f"{value:.1f}" if value < _ROUND else f"{value:.0f}"


def short(name: str | None) -> str:
    """An id or a path from outside, cut to a length that leaves room for the sentence."""
    text = name or "(none)"
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def listed(items: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and 4 more`."""
    shown = items[:most]
    if len(items) > most:
        shown.append(f"{len(items) - most} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}"


def argument(name: str | None, otherwise: str) -> str:
    """An id from outside as one word of a shell command that a person may copy.

    One that cannot be typed, or could be taken for an option, is left for the person to fill in:
    `otherwise` stands in its place.
    """
    if name is None or len(name) > _LONGEST_NAME or name.startswith("-"):
        return otherwise
    return shlex.quote(name) if name.isascii() and name.isprintable() else otherwise
