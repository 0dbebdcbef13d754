from __future__ import annotations

from dataclasses import replace

from receiver.checks import ActionKind, CheckName, CheckStatus
from store.statistics import Drift, RecentEnds
from tests.unit.receiver.checks.given import FACTS, ago, expect, verdict, with_log

NAME = CheckName.DRIFT


def test_nothing() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "No event contradicted")


def test_another_past() -> None:
    drift = (Drift(ago(minutes=2), "Unit 305: status was notice.", 7), Drift(ago(hours=1), "x", 6))
    found = verdict(NAME, with_log(drift=drift))
    expect(found, CheckStatus.WARN, "2 events", "2 min ago", "Unit 305: status", fix="sync")
    assert found.action is not None
    assert (found.action.kind, found.action.event_id) == (ActionKind.SHOW_EVENT, 7)


def test_what_is_long_ago_is_no_trouble_now() -> None:
    expect(verdict(NAME, with_log(drift=(Drift(ago(days=9), "x", 7),))), CheckStatus.PASS)


def test_an_event_out_of_order() -> None:
    ends = replace(RecentEnds(looked_at=3, outcomes={}, reasons={}), newest_stale_id=5)
    expect(verdict(NAME, with_log(ends=ends)), CheckStatus.PASS, "Event 5 was older", fix="--force")
