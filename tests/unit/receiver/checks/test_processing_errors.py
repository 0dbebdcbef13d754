from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.checks.facts import PortState
from store.records import Outcome, Reason
from store.statistics import Backlog, FailureGroup, Pace, RecentEnds
from tests.unit.receiver.checks.given import FACTS, RECEIVER, ago, expect, verdict, with_log

NAME = CheckName.PROCESSING_ERRORS


def test_nothing_wrong() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "no event has been processed yet")
    ends = RecentEnds(
        looked_at=6,
        outcomes={Outcome.UNCHANGED: 1, Outcome.UPDATED: 4},
        reasons={Reason.UNSUPPORTED_EVENT: 1},
    )
    expect(
        verdict(NAME, with_log(ends=ends)),
        CheckStatus.PASS,
        "newest 6 events: 4 updated, 1 unchanged and 1 ignored",
    )


def test_events_that_failed() -> None:
    groups = (
        FailureGroup("sqft makes no sense", 8, 30, ago(hours=2)),
        FailureGroup(None, 1, 31, ago(minutes=2)),
    )
    found = expect(
        verdict(NAME, with_log(failures=groups)),
        CheckStatus.FAIL,
        "9 events",
        "2 reasons",
        "event 31",
        "2 min ago: no reason kept",
        fix="reprocess --failed",
    )
    assert found.action is not None
    assert (found.action.kind, found.action.event_id) == (ActionKind.REPROCESS_FAILED, 31)
    one = (FailureGroup("sqft makes no sense", 1, 30, ago(hours=2)),)
    expect(
        verdict(NAME, with_log(failures=one)),
        CheckStatus.FAIL,
        "1 event could not be processed and was set aside, for 1 reason.",
        "sqft makes no sense",
    )


def test_a_processor_that_stopped_or_waits() -> None:
    stopped = replace(FACTS, receiver=replace(RECEIVER, processor_running=False))
    expect(verdict(NAME, stopped), CheckStatus.FAIL, "not being processed", fix="Restart")
    waiting = replace(FACTS, receiver=replace(RECEIVER, processor_problem="The store is full."))
    expect(verdict(NAME, waiting), CheckStatus.FAIL, "The store is full.", fix="store")
    blind = replace(stopped, log=None)
    expect(verdict(NAME, blind), CheckStatus.FAIL, "not being processed")


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(20, CheckStatus.PASS), (120, CheckStatus.WARN), (1_200, CheckStatus.FAIL)],
)
def test_a_backlog_by_its_age(seconds: float, status: CheckStatus) -> None:
    facts = with_log(backlog=Backlog(5_000, ago(seconds=seconds)))
    found = verdict(NAME, facts)
    assert found.status is status
    assert ("5,000 events wait" in found.detail) == (status is not CheckStatus.PASS)


def test_a_long_backlog_is_told_of_however_young_it_is() -> None:
    facts = with_log(backlog=Backlog(20_000, ago(seconds=2)))
    expect(verdict(NAME, facts), CheckStatus.WARN, "20,000 events wait", fix="if the number grows")


def test_a_backlog_that_is_worked_off_says_how_long_that_takes() -> None:
    """Also one that waited for days while no receiver ran: a restart would not help it."""
    pace = Pace(5_000, ago(seconds=1.5), ago(seconds=1))
    facts = with_log(backlog=Backlog(60_000, ago(days=3), pace))
    words = ("60,000 events wait", "3 days", "10,000 a second", "another 6 s")
    expect(verdict(NAME, facts), CheckStatus.WARN, *words, fix="Wait", without="estart")
    # What ended in one moment says nothing of the pace.
    at_once = with_log(
        backlog=Backlog(60_000, ago(days=3), Pace(9, ago(seconds=1), ago(seconds=1)))
    )
    expect(verdict(NAME, at_once), CheckStatus.WARN, fix="Wait", without="a second")
    # Nor does it go on any more when the last end is long ago.
    ended = with_log(
        backlog=Backlog(60_000, ago(days=3), Pace(9, ago(seconds=41), ago(seconds=40)))
    )
    expect(verdict(NAME, ended), CheckStatus.FAIL, fix="Restart", without="a second")


def test_few_that_others_go_ahead_of_are_stuck() -> None:
    pace = Pace(5_000, ago(seconds=1.5), ago(seconds=1))
    facts = with_log(backlog=Backlog(3, ago(minutes=20), pace))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "3 events wait", fix="Restart")


def test_a_backlog_found_at_the_start_is_none_that_is_stuck() -> None:
    facts = with_log(backlog=Backlog(60_000, ago(days=3)))
    began = replace(facts, receiver=replace(RECEIVER, started_at=ago(seconds=2)))
    expect(verdict(NAME, began), CheckStatus.WARN, "60,000 events wait", fix="Wait")
    running = replace(facts, receiver=replace(RECEIVER, started_at=ago(seconds=30)))
    expect(verdict(NAME, running), CheckStatus.FAIL, fix="Restart")


def test_a_backlog_without_a_receiver() -> None:
    facts = with_log(backlog=Backlog(1, ago(days=3)))
    idle = replace(facts, receiver=replace(RECEIVER, port=PortState.CLOSED))
    expect(verdict(NAME, idle), CheckStatus.WARN, "1 event waits", "3 days", fix="Start")
    again = with_log(backlog=Backlog(1, None))
    expect(verdict(NAME, again), CheckStatus.PASS)


def test_a_sync_that_refreshed_nothing() -> None:
    ends = RecentEnds(
        looked_at=1,
        outcomes={Outcome.SKIPPED: 1},
        reasons={},
        sync_id=12,
        sync_outcome=Outcome.SKIPPED,
        sync_error="No source is configured.",
    )
    found = expect(
        verdict(NAME, with_log(ends=ends)),
        CheckStatus.WARN,
        "event 12",
        "No source is configured.",
        fix="units follow their own events",
    )
    assert found.action is not None
    assert found.action.event_id == 12
    refreshed = replace(ends, sync_outcome=Outcome.REFRESHED, outcomes={Outcome.REFRESHED: 1})
    expect(verdict(NAME, with_log(ends=refreshed)), CheckStatus.PASS, "1 refreshed")
    unsaid = replace(ends, sync_error=None)
    expect(verdict(NAME, with_log(ends=unsaid)), CheckStatus.WARN, "it was only recorded")


def test_stale_events() -> None:
    ends = RecentEnds(looked_at=40, outcomes={}, reasons={Reason.STALE: 3}, newest_stale_id=17)
    found = expect(
        verdict(NAME, with_log(ends=ends)),
        CheckStatus.WARN,
        "3 of the newest 40 events",
        "event 17",
        fix="reprocess 17 --force",
    )
    assert found.action is not None
    assert found.action.event_id == 17
