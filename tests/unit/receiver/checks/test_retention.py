from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.background.pruner import Retention
from receiver.checks import CheckName, CheckStatus
from receiver.checks.facts import PortState, RetentionFacts
from store.pruning.limits import UNLIMITED, Limits
from store.pruning.retention import Selection
from store.pruning.retention_plan import Plan
from store.reading.search import SearchProgress
from tests.unit.receiver.checks.given import FACTS, RECEIVER, ago, expect, verdict, with_log

ALL = Limits(days=30, deliveries=1_000, size=500_000_000)
NOTHING = Selection(settled=0, last=0)


def expect_retention(
    limits: Limits, state: Retention | None, status: CheckStatus, *words: str, fix: str = ""
) -> None:
    facts = replace(FACTS, retention=RetentionFacts(limits=limits, state=state))
    expect(verdict(CheckName.RETENTION, facts), status, *words, fix=fix)


def held(**changed: Any) -> Retention:
    plan = Plan(selection=NOTHING, kept=900, kept_size=1_000)
    given: dict[str, Any] = {"limits": ALL, "plan": plan, "looked_at": ago(seconds=40)}
    return Retention(**given | changed)


def test_without_limits() -> None:
    words = ("Nothing is deleted by itself", "10,000 or 256 MiB")
    expect_retention(UNLIMITED, None, CheckStatus.SKIP, *words, fix="keep_days")


def test_of_a_receiver_elsewhere() -> None:
    words = ("keeps what is not older than 30 days, 1,000 deliveries at most and 500 MB of them",)
    expect_retention(ALL, None, CheckStatus.PASS, *words)


def test_held() -> None:
    expect_retention(ALL, held(plan=None), CheckStatus.PASS, "Nothing was looked through yet")
    expect_retention(
        ALL, held(), CheckStatus.PASS, "0 deliveries were deleted", "the last look was 40 s ago"
    )
    expect_retention(ALL, held(deleted=1), CheckStatus.PASS, "1 delivery was deleted")
    expect_retention(
        ALL, held(deleted=7, left=12), CheckStatus.PASS, "7 deliveries", "12 are left to delete"
    )


def test_a_store_in_the_way() -> None:
    state = held(problem="It is locked.")
    expect_retention(
        ALL, state, CheckStatus.WARN, "not deleted now: It is locked.", fix="tries again"
    )


@pytest.mark.parametrize(
    ("kept", "size", "words"),
    [(1_001, 5, "there are 1,001 deliveries"), (9, 500_000_001, "there are 500 MB")],
)
def test_more_than_may_be_that_is_still_needed(kept: int, size: int, words: str) -> None:
    plan = Plan(selection=NOTHING, kept=kept, kept_size=size)
    expect_retention(
        ALL, held(plan=plan), CheckStatus.WARN, words, "still to be processed", fix="raise"
    )
    # Not while some of it is on its way out.
    expect_retention(ALL, held(plan=plan, left=3), CheckStatus.PASS)


def expect_index(
    status: CheckStatus, *words: str, indexed: int, newest: int, fix: str = "", **changed: Any
) -> None:
    facts = with_log(search=SearchProgress(indexed, newest))
    facts = replace(facts, receiver=replace(RECEIVER, **changed))
    expect(verdict(CheckName.SEARCH_INDEX, facts), status, *words, fix=fix)


def test_the_search_index() -> None:
    expect_index(CheckStatus.SKIP, "nothing to search", indexed=0, newest=0)
    expect_index(CheckStatus.PASS, "holds 5 deliveries.", indexed=5, newest=5)
    expect_index(CheckStatus.PASS, "but for the newest 1,000", indexed=4_000, newest=5_000)
    words = ("delivery 3,999 of 5,000 (79 %)", "Searches are complete")
    expect_index(CheckStatus.PASS, *words, indexed=3_999, newest=5_000, fix="in pauses")
    closed = {"port": PortState.CLOSED}
    expect_index(CheckStatus.WARN, *words, indexed=3_999, newest=5_000, fix="listen", **closed)
