"""How a refresh goes, in words: pages, what was found, and how long it will take. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.refreshes import RefreshState

if TYPE_CHECKING:
    from datetime import datetime

    from store.refreshes import Refresh

_MINUTE = 60


def describe_pages(refresh: Refresh) -> str:
    """Pages fetched, of how many while that is known and not over."""
    expected = refresh.requests_expected
    if refresh.state is not RefreshState.FETCHING or expected is None:
        return str(refresh.requests)
    return f"{refresh.requests} of {max(expected, refresh.requests)}"


def describe_findings(refresh: Refresh) -> str:
    """What a refresh that is done found."""
    if refresh.state is not RefreshState.DONE:
        return ""
    if refresh.served_by is not None:
        return f"see event {refresh.served_by}"
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (refresh.changed, "changed"),
            (refresh.created, "new"),
            (refresh.missing, "missing"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing new"


def describe_remark(refresh: Refresh, now: datetime) -> str | None:
    """What holds it up, or how long it will take; holds foreign text."""
    if refresh.retry_at is not None and refresh.problem:
        return f"{refresh.problem} Next try in {_span((refresh.retry_at - now).total_seconds())}."
    left = refresh.seconds_left(now)
    return refresh.problem if left is None else f"{_span(left)} left"


def _span(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    return f"{whole // _MINUTE} min {whole % _MINUTE} s"
