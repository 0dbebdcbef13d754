"""Is anything deleted by itself, and are the limits held?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, passed, skipped, warning
from receiver.checks.wording import ago, count, listed, size

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.background.pruner import Retention
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.pruning.limits import Limits

_HOW = (
    "To delete old ones by themselves, set keep_days, keep_deliveries or keep_size; "
    "`meterbase-tui prune` does it once."
)


def check_retention(facts: Facts) -> Check:
    """What is deleted by itself, and whether something is in the way of that."""
    retention = facts.retention
    if retention is None or not retention.limits:
        return conclude(CheckName.RETENTION, [], _nothing())
    state = retention.state
    if state is None:
        limits = describe_limits(retention.limits)
        words = f"A receiver with these settings keeps {limits}, and deletes the rest by itself."
        return conclude(CheckName.RETENTION, [], passed(words))
    findings = (_waits(state), _crowded(state))
    return conclude(CheckName.RETENTION, findings, _held(state, facts.now))


def describe_limits(limits: Limits) -> str:
    """The limits as the object of a sentence; there is one at least."""
    parts = []
    if limits.days is not None:
        parts.append(f"what is not older than {count(limits.days, 'day')}")
    if limits.deliveries is not None:
        parts.append(f"{count(limits.deliveries, 'delivery', 'deliveries')} at most")
    if limits.size is not None:
        parts.append(f"{size(limits.size)} of them at most")
    return listed(parts)


def _nothing() -> Finding:
    return skipped(
        "Nothing is deleted by itself, but for refused deliveries beyond 10,000 or 256 MiB.", _HOW
    )


def _waits(state: Retention) -> Finding | None:
    if state.problem is None:
        return None
    return warning(f"Old deliveries are not deleted now: {state.problem}", "It tries again.")


def _crowded(state: Retention) -> Finding | None:
    """More is there than may be, and all of it is still needed."""
    plan, limits = state.plan, state.limits
    if plan is None or state.left:
        return None
    over = []
    if limits.deliveries is not None and plan.kept > limits.deliveries:
        over.append(f"{count(plan.kept, 'delivery', 'deliveries')}")
    if limits.size is not None and plan.kept_size > limits.size:
        over.append(size(plan.kept_size))
    if not over:
        return None
    return warning(
        f"Kept are {describe_limits(limits)}, yet there are {listed(over)}: what is still to be "
        "processed, or waits to be passed on, is not deleted.",
        "See the checks processing_errors and forward_target, or raise the limit.",
    )


def _held(state: Retention, now: datetime) -> Finding:
    words = f"Kept are {describe_limits(state.limits)}."
    if state.plan is None:
        return passed(f"{words} Nothing was looked through yet.")
    deleted = count(state.deleted, "delivery", "deliveries")
    words += f" Since the start {deleted} {'was' if state.deleted == 1 else 'were'} deleted"
    if state.left:
        return passed(f"{words}; {state.left:,} are left to delete, in pauses.")
    looked = f", the last look was {ago(state.looked_at, now)}" if state.looked_at else ""
    return passed(f"{words}{looked}.")
