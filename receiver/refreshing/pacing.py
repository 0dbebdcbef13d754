"""How fast to ask, and how long to wait after a failure. Pure: whoever asks does the waiting.

The limits are those of Propexo's documentation ("Rate limiting"): 150 requests a minute, told by
`x-ratelimit-limit` and `x-ratelimit-remaining`; from 80 % of them answers are slowed by 2 s; after
that it is 429 until the minute is over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

WINDOW_S = 60.0
_SLOW_FROM = 0.8
_SLOW_S = 2.0
_LONGEST_WAIT_S = 3_600.0
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request that failed is tried again."""

    first_s: float = 1.0
    longest_s: float = 300.0
    tries: int = 10
    """About a quarter of an hour altogether; the next sync starts anew anyway."""

    def delay(self, failures: int, asked: float | None = None) -> float:
        """Seconds until the next try after so many failures; what the server asked for counts."""
        own = min(self.first_s * 2.0 ** (failures - 1), self.longest_s)
        return max(own, asked or 0.0)


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of this minute's requests."""

    limit: int
    remaining: int


def read_allowance(headers: Mapping[str, str]) -> Allowance | None:
    """What an answer says of the rate limit; None where it says nothing."""
    limit, remaining = (_number(headers.get(f"x-ratelimit-{name}")) for name in _NAMES)
    return Allowance(limit, remaining) if limit and remaining is not None else None


_NAMES = ("limit", "remaining")


def pause_after(allowance: Allowance | None, since_start_s: float) -> float:
    """Seconds to wait before the next request, so that none is refused.

    Args:
        allowance: what the last answer said.
        since_start_s: how long the minute has run, in seconds.
    """
    if allowance is None:
        return 0.0
    if allowance.remaining == 0:
        return max(0.0, WINDOW_S - since_start_s)
    used = 1 - allowance.remaining / allowance.limit
    return _SLOW_S if used >= _SLOW_FROM else 0.0


def read_retry_after(text: str | None, now: datetime) -> float | None:
    """The seconds of a `Retry-After` (RFC 9110 §10.2.3): a number of them, or a date."""
    if text is None:
        return None
    seconds: float | None = _number(text)
    if seconds is None:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(0.0, seconds), _LONGEST_WAIT_S)


def _number(text: str | None) -> int | None:
    found = _NUMBER.fullmatch((text or "").strip())
    return int(found[0]) if found else None
