"""Are webhooks answered in time? Propexo waits for 5 seconds, then delivers again."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.recent import RECENT, RECENTLY, no_log
from receiver.checks.wording import ago, count, milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import DeliverySummary

LIMIT_MS = 5_000.0
"""What Propexo waits for an answer."""
_NEAR_MS = 2_500.0
_TIMEOUT = 408
"""The answer to a sender that was slow itself: it says nothing of us."""
_SLOW_P99_MS = 1_000.0
_CURE = (
    "Look at what keeps this computer or the store's disk busy; a network or removable disk is too "
    "slow for the store."
)


def check_response_time(facts: Facts) -> Check:
    """How long the answers to the newest deliveries took."""
    if facts.log is None:
        return conclude(CheckName.RESPONSE_TIME, [], no_log(facts))
    timed = [
        each
        for each in facts.log.deliveries
        if each.ack_ms is not None
        and each.status != _TIMEOUT
        and facts.now - each.received_at < RECENT
    ]
    return conclude(CheckName.RESPONSE_TIME, [], _judge(facts, timed))


def _judge(facts: Facts, timed: Sequence[DeliverySummary]) -> Finding:
    if not timed:
        return skipped(f"Nothing was answered {RECENTLY}.")
    times = sorted(each.ack_ms or 0.0 for each in timed)
    slowest = max(timed, key=lambda each: each.ack_ms or 0.0)
    words = (
        f"The newest {count(len(timed), 'answer')} took {milliseconds(_rank(times, 0.5))} (p50), "
        f"{milliseconds(_rank(times, 0.99))} (p99) and {milliseconds(times[-1])} at most (delivery "
        f"{slowest.id}, {ago(slowest.received_at, facts.now)}); Propexo waits for 5 s."
    )
    show = Action(ActionKind.SHOW_DELIVERY, delivery_id=slowest.id)
    late = sum(time >= LIMIT_MS for time in times)
    if late:
        return failure(f"{count(late, 'answer')} came too late. {words}", _CURE, show)
    if times[-1] >= _NEAR_MS or _rank(times, 0.99) >= _SLOW_P99_MS:
        return warning(words, _CURE, show)
    return passed(words)


def _rank(ascending: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: a value that really occurred."""
    return ascending[max(0, ceil(share * len(ascending)) - 1)]
