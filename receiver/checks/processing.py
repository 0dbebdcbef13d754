"""Is everything processed that was accepted, and did it change what it should?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    warning,
)
from receiver.checks.recent import no_log
from receiver.checks.wording import ago, count, listed, span
from store.records import Outcome, Reason

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts, ReceiverFacts
    from store.statistics import Backlog, RecentEnds, Statistics

_SLOW_S = 60.0
_STUCK_S = 600.0
_MANY = 10_000
"""So many are told of however young they are."""
_FEW = 1_000
_MOVING = timedelta(seconds=10)
_FAILURES_COUNTED = 1_000
_LONGEST_ERROR = 160


def check_processing_errors(facts: Facts) -> Check:
    """Whether events fail, wait too long, or change nothing."""
    stopped = _stopped(facts.receiver)
    if facts.log is None:
        return conclude(CheckName.PROCESSING_ERRORS, [stopped], no_log(facts))
    findings = (
        stopped,
        _failed(facts, facts.log),
        _backlog(facts, facts.log),
        _refresh(facts.log.ends),
        _stale(facts.log.ends),
    )
    return conclude(CheckName.PROCESSING_ERRORS, findings, _well(facts.log.ends))


def _well(ends: RecentEnds) -> Finding:
    if not ends.looked_at:
        return passed("Nothing waits and nothing failed; no event has been processed yet.")
    return passed(
        f"Nothing waits and nothing failed. Of the newest {count(ends.looked_at, 'event')}: "
        f"{_tally(ends)}."
    )


def _tally(ends: RecentEnds) -> str:
    parts = [
        f"{number} {outcome.replace('_', ' ')}"
        for outcome, number in sorted(ends.outcomes.items(), key=lambda each: -each[1])
    ]
    ignored = sum(ends.reasons.values())
    return listed(parts + ([f"{ignored} ignored"] if ignored else []) or ["none ended"], 8)


def _stopped(receiver: ReceiverFacts) -> Finding | None:
    if receiver.processor_running is False:
        return failure(
            "Events are not being processed any more; they are still received and kept.",
            "Restart meterbase-tui: it goes on where it stopped.",
        )
    if receiver.processor_problem is not None:
        return failure(
            f"Processing waits and tries again: {receiver.processor_problem}",
            "See the check of the store.",
        )
    return None


def _failed(facts: Facts, log: Statistics) -> Finding | None:
    if not log.failures:
        return None
    total = sum(each.count for each in log.failures)
    top = max(log.failures, key=lambda each: each.newest_id)
    error = (top.error or "no reason kept")[:_LONGEST_ERROR]
    return failure(
        f"{count(total, 'event', limit=_FAILURES_COUNTED)} could not be processed and "
        f"{'was' if total == 1 else 'were'} set aside, for "
        f"{count(len(log.failures), 'reason')}. The latest, event {top.newest_id}, came "
        f"{ago(top.last_at, facts.now)}: {error}",
        "Put the cause right, then run `meterbase-tui reprocess --failed`.",
        Action(ActionKind.REPROCESS_FAILED, event_id=top.newest_id),
    )


def _backlog(facts: Facts, log: Statistics) -> Finding | None:
    oldest = log.backlog.oldest
    if not log.backlog.waiting or oldest is None:
        return None
    waits = (facts.now - oldest).total_seconds()
    words = (
        f"{count(log.backlog.waiting, 'event')} "
        f"{'waits' if log.backlog.waiting == 1 else 'wait'} to be processed, the oldest for "
        f"{span(waits)}"
    )
    if not facts.receiver.running:
        return warning(f"{words}; no receiver runs.", "Start `meterbase-tui`: it goes on at once.")
    if waits <= _SLOW_S and log.backlog.waiting < _MANY:
        return None
    if _moves(facts, log.backlog):
        return warning(f"{words}.{_outlook(log.backlog)}", "Wait: they are being processed.")
    if waits > _STUCK_S:
        return failure(f"{words}.", "Restart meterbase-tui: it goes on where it stopped.")
    return warning(f"{words}.", "Wait; if the number grows, restart meterbase-tui.")


def _moves(facts: Facts, backlog: Backlog) -> bool:
    """Whether it is being worked off, or may be in a moment since the receiver has just begun."""
    began = facts.receiver.started_at
    if began is not None and facts.now - began < _MOVING:
        return True
    # Where only a few wait, that others are processed does not show that these move.
    pace = backlog.pace if backlog.waiting >= _FEW else None
    return pace is not None and facts.now - pace.until < _MOVING


def _outlook(backlog: Backlog) -> str:
    """How long it takes until all of it is processed, if it goes on as it goes now."""
    a_second = backlog.pace.a_second if backlog.pace is not None else None
    if a_second is None:
        return ""
    left = span(max(1.0, backlog.waiting / a_second))
    return (
        f" At {max(1, round(a_second)):,} a second they take another {left}, or more if more come."
    )


def _refresh(ends: RecentEnds) -> Finding | None:
    """What came of the newest `sync.complete`."""
    if ends.sync_id is None or ends.sync_outcome is not Outcome.SKIPPED:
        return None
    return warning(
        f"The last sync.complete, event {ends.sync_id}, refreshed nothing: "
        f"{ends.sync_error or 'it was only recorded.'}",
        "Nothing is lost: units follow their own events. A change without an event is not seen.",
        Action(ActionKind.SHOW_EVENT, event_id=ends.sync_id),
    )


def _stale(ends: RecentEnds) -> Finding | None:
    stale = ends.reasons.get(Reason.STALE, 0)
    if ends.newest_stale_id is None:
        return None
    return warning(
        f"{stale:,} of the newest {count(ends.looked_at, 'event')} "
        f"{'was' if stale == 1 else 'were'} older than what had been applied and changed nothing, "
        f"the latest being event {ends.newest_stale_id}.",
        "That is right when deliveries overtake each other. To apply one all the same, run "
        f"`meterbase-tui reprocess {ends.newest_stale_id} --force`.",
        Action(ActionKind.SHOW_EVENT, event_id=ends.newest_stale_id),
    )
