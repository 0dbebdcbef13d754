from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from receiver.checks import CheckName, CheckStatus, Facts
from store.records import Origin
from tests.unit.receiver.checks.given import FACTS, ago, delivery, expect, verdict, with_log

if TYPE_CHECKING:
    from store.statistics import DeliverySummary

NAME = CheckName.CLOCK


def late(number: int, seconds: float, **changed: object) -> DeliverySummary:
    """A delivery that arrived so long after its own time stamp."""
    at = ago(minutes=100 - number)
    return delivery(number, received_at=at, timestamp=at - timedelta(seconds=seconds), **changed)


def of(*newest_first: DeliverySummary) -> Facts:
    return with_log(deliveries=newest_first)


def test_nothing_to_compare_with() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP)
    ours = late(9, -4_000, origin=Origin.SAMPLE)
    again = late(8, 86_400, event_id=2)
    expect(verdict(NAME, of(ours, again)), CheckStatus.SKIP)


def test_in_agreement() -> None:
    expect(verdict(NAME, of(late(9, 2), late(8, 3), late(7, 2))), CheckStatus.PASS, "2 s after")
    expect(verdict(NAME, of(late(9, -3))), CheckStatus.PASS, "agree")


def test_behind() -> None:
    facts = of(late(9, -3_700), late(8, -3_600), late(7, 4))
    expect(verdict(NAME, facts), CheckStatus.WARN, "60 min before", "behind", fix="set-ntp")


def test_ahead() -> None:
    facts = of(late(9, 1_300), late(8, 1_200), late(7, 9_000))
    expect(verdict(NAME, facts), CheckStatus.WARN, "20 min after", "ahead", fix="set-ntp")


def test_one_late_delivery_proves_nothing() -> None:
    expect(verdict(NAME, of(late(9, 7_200), late(8, 2), late(7, 3))), CheckStatus.PASS)
    expect(verdict(NAME, of(late(9, 7_200))), CheckStatus.PASS)


def test_a_clock_that_went_back() -> None:
    before = delivery(8, received_at=ago(minutes=10))
    after = delivery(9, received_at=ago(minutes=70))
    expect(verdict(NAME, of(after, before)), CheckStatus.WARN, "60 min", "8 and 9", fix="ntp")
    overtaken = delivery(9, received_at=ago(minutes=10, seconds=4))
    expect(verdict(NAME, of(overtaken, before)), CheckStatus.PASS)
