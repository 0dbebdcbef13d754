"""Times as people write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.cli.times import local_second, parse_since

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 25, 14, 30, tzinfo=UTC)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        (" 2H ", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("0s", timedelta()),
    ],
)
def test_a_span_counts_back_from_now(text: str, before: timedelta) -> None:
    assert parse_since(text, NOW) == NOW - before


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-25T14:30:00Z", NOW),
        ("2026-03-25T16:30:00+02:00", NOW),
        ("2026-03-25T10:30:00", NOW),
        ("2026-03-25 10:30", NOW),
        ("2026-03-25", datetime(2026, 3, 25, 4, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_where_the_user_is(text: str, instant: datetime) -> None:
    assert parse_since(text, NOW) == instant


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2h30m", "-1h", "1y", "999999999w", "2026-13-01", "14:30", "٣m"]
)
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="30m, 2h or 7d"):
        parse_since(text, NOW)


@pytest.mark.usefixtures("new_york")
def test_times_are_shown_where_the_user_is() -> None:
    assert local_second(NOW) == "2026-03-25 10:30:00"
    assert local_second(None) == "–"
