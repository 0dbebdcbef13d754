from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.facts import ForwardFacts, TargetState
from store.forwarding.forward_records import ForwardAttempt, TargetTotals
from tests.unit.receiver.checks.given import FACTS, expect, verdict

NAME = CheckName.FORWARD_TARGET
URL = "http://127.0.0.1:3000/api/webhooks/propexo"


def test_none() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP, "--forward-to")


def test_up() -> None:
    facts = replace(FACTS, forward=ForwardFacts(URL, TargetState.OPEN))
    expect(verdict(NAME, facts), CheckStatus.PASS, URL)


@pytest.mark.parametrize("state", [state for state in TargetState if state is not TargetState.OPEN])
def test_down(state: TargetState) -> None:
    facts = replace(FACTS, forward=ForwardFacts(URL, state))
    expect(verdict(NAME, facts), CheckStatus.WARN, URL, fix="Start your application")


LAST = ForwardAttempt(at=FACTS.now - timedelta(minutes=3), status=200, ms=12.0)


@pytest.mark.parametrize(
    ("totals", "status", "words", "fix"),
    [
        (TargetTotals(last=LAST), CheckStatus.PASS, "3 min ago, in 12 ms", ""),
        (TargetTotals(failed=2, last=LAST), CheckStatus.WARN, "2 deliveries failed", "retry"),
        (TargetTotals(held=1), CheckStatus.WARN, "1 delivery from before held", "release"),
        (
            TargetTotals(last=replace(LAST, ms=5_100.0)),
            CheckStatus.WARN,
            "would not have waited",
            "Acknowledge first",
        ),
        (
            TargetTotals(failed=1, last=replace(LAST, status=500, error="it answered 500")),
            CheckStatus.WARN,
            "the last time, 3 min ago, it answered 500",
            "Mend",
        ),
    ],
)
def test_what_is_open_there(
    totals: TargetTotals, status: CheckStatus, words: str, fix: str
) -> None:
    facts = replace(FACTS, forward=ForwardFacts(URL, TargetState.OPEN, totals))
    expect(verdict(NAME, facts), status, words, fix=fix)


def test_down_with_something_waiting() -> None:
    totals = TargetTotals(waiting=4)
    facts = replace(FACTS, forward=ForwardFacts(URL, TargetState.REFUSED, totals))
    expect(verdict(NAME, facts), CheckStatus.WARN, "4 deliveries waiting", fix="when it is back")
