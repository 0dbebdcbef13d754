from __future__ import annotations

from datetime import timedelta

import pytest

from receiver.checks.trend import Trend, trend
from receiver.checks.wording import argument, count, listed, milliseconds, short, size, span


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (count(1, "event"), "1 event"),
        (count(12_345, "event"), "12,345 events"),
        (count(2, "delivery", "deliveries"), "2 deliveries"),
        (count(1_000, "unit", limit=1_000), "1,000 or more units"),
        (count(1, "unit", limit=1), "1 or more units"),
        (span(0.2), "0 s"),
        (span(119), "119 s"),
        (span(timedelta(minutes=90)), "90 min"),
        (span(timedelta(hours=47)), "47 h"),
        (span(timedelta(days=-2)), "2 days"),
        (size(1), "1 byte"),
        (size(999), "999 bytes"),
        (size(1_500), "1.5 KB"),
        (size(64_000_000), "64 MB"),
        (size(5_000_000_000_000), "5000 GB"),
        (milliseconds(1.25), "1.2 ms"),
        (milliseconds(140), "140 ms"),
        (milliseconds(6_100), "6.1 s"),
        (short(None), "(none)"),
        (short("x" * 200), "x" * 79 + "…"),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed(["a", "b", "c", "d", "e"]), "a, b, c and 2 more"),
        (argument("conn_a", "ID"), "conn_a"),
        (argument("a b'c", "ID"), "'a b'\"'\"'c'"),
        (argument("-f", "ID"), "ID"),
        (argument("a\x1b[2J", "ID"), "ID"),
        (argument("é", "ID"), "ID"),
        (argument("x" * 81, "ID"), "ID"),
        (argument(None, "ID"), "ID"),
    ],
)
def test_words(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ("", Trend.GOOD),
        ("...", Trend.GOOD),
        ("x", Trend.BAD),
        ("x.x", Trend.BAD),
        (".x", Trend.CURED),
        (".xx..", Trend.CURED),
        (".x.x", Trend.MIXED),
        ("." * 19 + "x.x", Trend.MIXED),
        ("." * 20 + "x.x", Trend.CURED),
    ],
)
def test_trends(newest_first: str, expected: Trend) -> None:
    assert trend([sign == "x" for sign in newest_first]) is expected
