from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.facts import ForwardFacts, TargetState
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
