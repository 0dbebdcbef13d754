"""Does this computer's clock agree with the time stamps of what arrives?"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, passed, skipped, warning
from receiver.checks.recent import RECENT, no_log
from receiver.checks.wording import count, span
from store.records import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import DeliverySummary

_BEHIND_S = 60.0
_LATE_S = 600.0
_STEP_S = 10.0
"""Deliveries overtake each other by less: a commit takes its turn."""
_FEWEST = 3
_MOST = 50
_SET = "Switch on time synchronisation for this computer (`timedatectl set-ntp true` on Linux)."


def check_clock(facts: Facts) -> Check:
    """Whether times that are shown here can be trusted."""
    if facts.log is None:
        return conclude(CheckName.CLOCK, [], no_log(facts))
    recent = [each for each in facts.log.deliveries if facts.now - each.received_at < RECENT]
    lags = [
        (each.received_at - each.timestamp).total_seconds()
        for each in recent
        if each.timestamp is not None and each.origin is Origin.NETWORK and not each.duplicate
    ][:_MOST]
    findings = (_jump(recent), _skew(lags))
    return conclude(CheckName.CLOCK, findings, _well(lags))


def _well(lags: Sequence[float]) -> Finding:
    if not lags:
        return skipped("There is no recent delivery from the network to compare the clock with.")
    return passed(
        f"The newest {count(len(lags), 'event')} from the network arrived {span(median(lags))} "
        "after their time stamps, as a rule."
        if median(lags) >= 0
        else f"The newest {count(len(lags), 'event')} from the network agree with the clock."
    )


def _skew(lags: Sequence[float]) -> Finding | None:
    if not lags:
        return None
    middle = median(lags)
    if middle < -_BEHIND_S:
        return warning(
            f"Events arrive {span(middle)} before their own time stamps: this computer's clock is "
            "behind, or the sender's is ahead.",
            _SET,
        )
    if len(lags) >= _FEWEST and min(lags) > _LATE_S:
        return warning(
            f"Even the quickest of the newest {len(lags)} events arrived {span(min(lags))} after "
            "its time stamp: this computer's clock is ahead, or Propexo delivers late.",
            _SET,
        )
    return None


def _jump(newest_first: Sequence[DeliverySummary]) -> Finding | None:
    """The clock went back: a later delivery has an earlier time."""
    for later, earlier in pairwise(newest_first):
        step = (earlier.received_at - later.received_at).total_seconds()
        if step > _STEP_S:
            return warning(
                f"The clock went back by {span(step)} between deliveries {earlier.id} and "
                f"{later.id}. Order and processing go by number and are not affected.",
                _SET,
            )
    return None
