from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.checks import CheckName, CheckStatus, Facts
from receiver.checks.facts import AgentFacts, TunnelFacts
from receiver.checks.probes import Reach
from receiver.tunnel import AgentVersion, Problem, ProviderName, TunnelState
from tests.unit.receiver.checks.given import FACTS, PUBLIC, expect, probed, tunnel, verdict

NAME = CheckName.TUNNEL_AGENT
AGENT = AgentFacts(path="/usr/bin/ngrok", found_by="PATH", token_from="NGROK_AUTHTOKEN")
MISSING = Problem("agent_missing", "No ngrok agent was found.", "Install it.")
SEE_AGENT = "See the check of the tunnel's agent."
THREE = (CheckName.TUNNEL_AGENT, CheckName.TUNNEL, CheckName.PUBLIC_URL)
NO_TOKEN = "No public address: there is an ngrok agent, but no authtoken. Copy the token."


def with_agent(provider: ProviderName = ProviderName.NGROK, **changed: Any) -> Facts:
    agent = replace(AGENT, **changed)
    return replace(FACTS, tunnel=TunnelFacts(provider=provider, status=None, agent=agent))


@pytest.mark.parametrize("provider", [ProviderName.NONE, ProviderName.URL])
def test_none_is_needed(provider: ProviderName) -> None:
    facts = replace(FACTS, tunnel=TunnelFacts(provider=provider, status=None))
    expect(verdict(NAME, facts), CheckStatus.SKIP, provider)


def test_none_was_looked_for() -> None:
    facts = replace(FACTS, tunnel=TunnelFacts(provider=ProviderName.NGROK, status=None))
    expect(verdict(NAME, facts), CheckStatus.SKIP, "looked for")


def test_an_agent_with_a_token() -> None:
    facts = replace(with_agent(), probes=probed(agent_version=AgentVersion(3, 31, 0)))
    expect(verdict(NAME, facts), CheckStatus.PASS, "3.31.0 is /usr/bin/ngrok", "NGROK_AUTHTOKEN")
    expect(verdict(NAME, with_agent()), CheckStatus.PASS, "agent is /usr/bin/ngrok")


@pytest.mark.parametrize(
    ("provider", "status"),
    [(ProviderName.NGROK, CheckStatus.FAIL), (ProviderName.AUTO, CheckStatus.WARN)],
)
def test_what_is_missing_fails_only_who_asked_for_ngrok(
    provider: ProviderName, status: CheckStatus
) -> None:
    missing = with_agent(provider, path=None, problem=MISSING, why_off=NO_TOKEN)
    expect(verdict(NAME, missing), status, "No ngrok agent", fix="Install it.", without="token")
    tokenless = with_agent(provider, token_from=None, why_off=NO_TOKEN)
    expect(verdict(NAME, tokenless), status, "no authtoken.", fix="Copy the token.")


@pytest.mark.parametrize("hint", ["", " An address is set: --tunnel url uses it."])
def test_the_cure_of_a_missing_agent_is_told_once(hint: str) -> None:
    no_agent = "No public address: no ngrok agent was found. Install it."
    off = tunnel(TunnelState.OFF, provider=ProviderName.AUTO, why_off=no_agent + hint)
    agent = replace(AGENT, path=None, problem=MISSING, why_off=no_agent)
    facts = replace(FACTS, tunnel=replace(off, agent=agent))
    fixes = {name: verdict(name, facts).fix for name in THREE}
    assert fixes == {
        CheckName.TUNNEL_AGENT: "Install it.",
        CheckName.TUNNEL: SEE_AGENT + hint,
        CheckName.PUBLIC_URL: SEE_AGENT + hint,
    }


def test_the_cure_of_a_tunnel_that_failed_is_told_once() -> None:
    failed = tunnel(TunnelState.FAILED, problem=MISSING)
    agent = replace(AGENT, path=None, problem=MISSING, why_off=NO_TOKEN)
    facts = replace(FACTS, tunnel=replace(failed, agent=agent))
    fixes = {name: verdict(name, facts).fix for name in THREE}
    assert fixes == {
        CheckName.TUNNEL_AGENT: "Install it.",
        CheckName.TUNNEL: SEE_AGENT,
        CheckName.PUBLIC_URL: "See the check of the tunnel.",
    }


def test_what_the_agent_has_nothing_to_do_with_is_told_where_it_is() -> None:
    other = Problem("web_addr_taken", "The local port is in use.", "Stop the other agent.")
    troubled = replace(tunnel(TunnelState.FAILED, problem=other), agent=AGENT)
    found = verdict(CheckName.TUNNEL, replace(FACTS, tunnel=troubled))
    assert found.fix == "Stop the other agent."


def test_old_agents() -> None:
    old = replace(with_agent(), probes=probed(agent_version=AgentVersion(3, 29, 1)))
    expect(verdict(NAME, old), CheckStatus.WARN, "3.29.1", fix="ngrok update")
    ancient = replace(with_agent(), probes=probed(agent_version=AgentVersion(2, 3, 41)))
    expect(verdict(NAME, ancient), CheckStatus.FAIL, "2.3.41", fix="ngrok update")


def test_an_agent_that_does_not_say_its_version() -> None:
    problem = Problem("agent_unusable", "The agent cannot be run.", "Install it anew.")
    facts = replace(with_agent(), probes=probed(agent_version=problem))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "cannot be run", fix="anew")


def test_a_proxy() -> None:
    facts = with_agent(proxied_by="https_proxy")
    expect(verdict(NAME, facts), CheckStatus.WARN, "https_proxy", fix="9009")
    without_agent = with_agent(ProviderName.AUTO, path=None, problem=MISSING, proxied_by="x_proxy")
    expect(verdict(NAME, without_agent), CheckStatus.WARN, without="x_proxy")


@pytest.mark.parametrize(
    ("reach", "words"), [(Reach.UNKNOWN_HOST, "name"), (Reach.NOT_CONNECTED, "no connection")]
)
def test_ngroks_service_out_of_reach(reach: Reach, words: str) -> None:
    facts = replace(with_agent(), probes=probed(ngrok_service=reach))
    expect(verdict(NAME, facts), CheckStatus.WARN, "connect.ngrok-agent.com", words, fix="firewall")
    online = replace(tunnel(TunnelState.ONLINE, url=PUBLIC), agent=AGENT)
    expect(verdict(NAME, replace(facts, tunnel=online)), CheckStatus.PASS)


def test_ngroks_service_within_reach() -> None:
    facts = replace(with_agent(), probes=probed(ngrok_service=Reach.REACHED))
    expect(verdict(NAME, facts), CheckStatus.PASS)


def test_a_program_that_runs_for_another_process() -> None:
    running = tunnel(TunnelState.ONLINE, url=PUBLIC, provider=ProviderName.COMMAND)
    expect(verdict(NAME, replace(FACTS, tunnel=running)), CheckStatus.PASS, "program runs")


@pytest.mark.parametrize(
    ("program", "found", "status", "words"),
    [
        ("cloudflared", True, CheckStatus.PASS, "cloudflared"),
        ("cloudflared", False, CheckStatus.FAIL, "was not found"),
        (None, False, CheckStatus.FAIL, "cannot be read"),
    ],
)
def test_the_program_of_a_command(
    program: str | None, found: bool, status: CheckStatus, words: str
) -> None:
    chosen = TunnelFacts(
        provider=ProviderName.COMMAND, status=None, program=program, program_found=found
    )
    made = expect(verdict(NAME, replace(FACTS, tunnel=chosen)), status, words)
    assert bool(made.fix) == (status is CheckStatus.FAIL)
