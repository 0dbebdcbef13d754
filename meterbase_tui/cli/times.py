"""Times as people write and read them on a command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_AGO = re.compile(r"([0-9]{1,9})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def parse_since(text: str, now: datetime) -> datetime:
    """An instant: so long before `now` (`90s`, `30m`, `2h`, `7d`, `2w`), or an ISO 8601 time.

    A time without a zone is where the user is; a date alone is its first moment.

    Raises:
        ValueError: it is neither; `str()` says what is allowed.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        return datetime.fromisoformat(text.strip()).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is neither a time such as 2026-03-25T14:30:00Z nor a span such as 30m, 2h "
            "or 7d."
        ) from None


def local_second(moment: datetime | None) -> str:
    """Date and time where the user is, to the second; a dash for none."""
    return "–" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
