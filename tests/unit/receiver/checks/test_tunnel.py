from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.checks.facts import PortState, TunnelFacts
from receiver.checks.probes import Gap
from receiver.tunnel import Problem, ProviderName, TunnelState
from tests.unit.receiver.checks.given import (
    FACTS,
    PUBLIC,
    RECEIVER,
    ago,
    expect,
    probed,
    tunnel,
    verdict,
)

NAME = CheckName.TUNNEL
TAKEN = Problem("ERR_NGROK_334", "It is online elsewhere.", "Stop it.", "https://ngrok.com/x")
OFFLINE = Problem("no_network", "The agent cannot reach ngrok.", "Check the network.")


def test_online() -> None:
    facts = replace(FACTS, tunnel=tunnel(TunnelState.ONLINE, url=PUBLIC))
    expect(verdict(NAME, facts), CheckStatus.PASS, "ngrok", "5 min", PUBLIC)


def test_not_asked_for() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP, "only this computer")
    facts = replace(FACTS, tunnel=tunnel(TunnelState.OFF, why_off="No agent. Install one."))
    expect(verdict(NAME, facts), CheckStatus.SKIP, "No agent.", fix="Install one.")


def test_unknown_without_a_receiver_that_says_it() -> None:
    silent = replace(FACTS, tunnel=TunnelFacts(provider=ProviderName.NGROK, status=None))
    expect(verdict(NAME, silent), CheckStatus.SKIP, "does not say")
    idle = replace(silent, receiver=replace(RECEIVER, port=PortState.CLOSED))
    expect(verdict(NAME, idle), CheckStatus.SKIP, "No receiver runs")


@pytest.mark.parametrize(
    ("state", "problem", "status"),
    [
        (TunnelState.FAILED, TAKEN, CheckStatus.FAIL),
        # It is tried again by itself.
        (TunnelState.FAILED, OFFLINE, CheckStatus.WARN),
        (TunnelState.RECONNECTING, TAKEN, CheckStatus.WARN),
    ],
)
def test_a_problem_fails_only_when_somebody_has_to_act(
    state: TunnelState, problem: Problem, status: CheckStatus
) -> None:
    facts = replace(FACTS, tunnel=tunnel(state, problem=problem))
    found = expect(verdict(NAME, facts), status, state, problem.sentence, fix=problem.cure)
    assert problem.link is None or problem.link in (found.fix or "")
    assert found.action is not None
    assert found.action.kind is ActionKind.RESTART_TUNNEL


def test_starting_and_starting_too_long() -> None:
    fresh = replace(FACTS, tunnel=tunnel(TunnelState.STARTING, since=ago(seconds=5)))
    expect(verdict(NAME, fresh), CheckStatus.SKIP, "starting")
    stuck = replace(FACTS, tunnel=tunnel(TunnelState.PREPARING, since=ago(minutes=3)))
    expect(verdict(NAME, stuck), CheckStatus.WARN, "preparing for 3 min", fix="Restart")


def test_requests_that_reached_the_agent_only() -> None:
    gap = Gap(missed=3, last_at=ago(minutes=9), inspector_url="http://127.0.0.1:4040")
    online = replace(FACTS, tunnel=tunnel(TunnelState.ONLINE, url=PUBLIC))
    facts = replace(online, probes=probed(gap=gap))
    expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "3 requests",
        "9 min ago",
        PUBLIC,
        fix="tunnel recover",
    )
    none = replace(online, probes=probed(gap=replace(gap, missed=0)))
    expect(verdict(NAME, none), CheckStatus.PASS)
    undated = replace(online, probes=probed(gap=replace(gap, last_at=None)))
    expect(verdict(NAME, undated), CheckStatus.WARN, without="the latest")
