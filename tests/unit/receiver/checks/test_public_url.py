from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus, Facts
from receiver.checks.facts import TunnelFacts
from receiver.checks.probes import PingOutcome
from receiver.tunnel import ProviderName, TunnelState
from tests.unit.receiver.checks.given import (
    FACTS,
    PUBLIC,
    PUBLIC_URL,
    ago,
    expect,
    last,
    ping,
    probed,
    tunnel,
    verdict,
    with_log,
)

NAME = CheckName.PUBLIC_URL


def online(since_minutes: float = 5.0, **log: Any) -> Facts:
    up = tunnel(TunnelState.ONLINE, url=PUBLIC, since=ago(minutes=since_minutes))
    return replace(with_log(**log), tunnel=up)


def test_none() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP, "only this computer", fix="--tunnel ngrok")
    lacking = replace(FACTS, tunnel=tunnel(TunnelState.OFF, why_off="No agent. Install one."))
    expect(verdict(NAME, lacking), CheckStatus.SKIP, fix="Install one.")


def test_none_any_more() -> None:
    before = with_log(last_from_network=last(9, ago(hours=1)))
    down = replace(before, tunnel=tunnel(TunnelState.RECONNECTING))
    expect(verdict(NAME, down), CheckStatus.WARN, "name.ngrok-free.app", fix="tunnel")
    off = replace(before, tunnel=tunnel(TunnelState.OFF))
    expect(verdict(NAME, off), CheckStatus.SKIP)
    never = replace(FACTS, tunnel=tunnel(TunnelState.STARTING))
    expect(verdict(NAME, never), CheckStatus.SKIP)


def test_one_through_which_webhooks_come_or_will_come() -> None:
    used = online(last_from_network=last(9, ago(minutes=2)))
    expect(verdict(NAME, used), CheckStatus.PASS, PUBLIC_URL, "2 min ago")
    unused = expect(verdict(NAME, online()), CheckStatus.PASS, PUBLIC_URL, fix="press Test")
    assert unused.action is not None
    assert unused.action.kind is ActionKind.COPY_URL
    pinged = replace(online(), probes=probed(public_ping=ping(PingOutcome.ARRIVED, PUBLIC_URL)))
    expect(verdict(NAME, pinged), CheckStatus.PASS, "arrived in 12 ms")


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (PingOutcome.STRANGER, CheckStatus.FAIL),
        (PingOutcome.OTHER_STORE, CheckStatus.FAIL),
        (PingOutcome.OTHER_SECRET, CheckStatus.FAIL),
        (PingOutcome.TUNNEL_OFFLINE, CheckStatus.FAIL),
        (PingOutcome.UPSTREAM_DOWN, CheckStatus.FAIL),
        (PingOutcome.LIMIT, CheckStatus.WARN),
        (PingOutcome.UNTRUSTED, CheckStatus.WARN),
        (PingOutcome.UNKNOWN_HOST, CheckStatus.WARN),
        (PingOutcome.NOT_CONNECTED, CheckStatus.WARN),
        (PingOutcome.TIMED_OUT, CheckStatus.WARN),
        (PingOutcome.BROKEN, CheckStatus.WARN),
        (PingOutcome.REFUSED, CheckStatus.WARN),
    ],
)
def test_every_way_a_ping_can_fail(outcome: PingOutcome, status: CheckStatus) -> None:
    facts = replace(online(), probes=probed(public_ping=ping(outcome, PUBLIC_URL)))
    found = expect(verdict(NAME, facts), status, PUBLIC_URL)
    assert found.fix
    assert found.action is not None
    assert found.action.kind is ActionKind.SEND_PING


def test_every_outcome_is_told_apart() -> None:
    outcomes = set(PingOutcome) - {PingOutcome.ARRIVED}
    said = {
        verdict(NAME, replace(online(), probes=probed(public_ping=ping(each)))).detail
        for each in outcomes
    }
    assert len(said) == len(outcomes)


def test_who_answered_instead() -> None:
    stranger = ping(PingOutcome.STRANGER, PUBLIC_URL, status=404, said="nginx")
    facts = replace(online(), probes=probed(public_ping=stranger))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "(status 404, nginx)")


def test_a_ping_that_arrived_without_an_answer() -> None:
    late = ping(PingOutcome.TIMED_OUT, PUBLIC_URL, delivery_id=77)
    facts = replace(online(), probes=probed(public_ping=late))
    expect(verdict(NAME, facts), CheckStatus.WARN, "arrived here as delivery 77", fix="way back")


def test_an_address_of_this_computer() -> None:
    local = tunnel(TunnelState.ONLINE, url="http://127.0.0.1:8787", provider=ProviderName.URL)
    facts = replace(FACTS, tunnel=local)
    expect(verdict(NAME, facts), CheckStatus.WARN, "this computer only", fix="--public-url")


def test_an_address_that_moved_since_the_last_delivery() -> None:
    moved = online(last_from_network=last(9, ago(hours=2), "old.ngrok-free.app"))
    found = expect(
        verdict(NAME, moved), CheckStatus.WARN, "old.ngrok-free.app", "2 h ago", fix=PUBLIC_URL
    )
    assert found.action is not None
    assert found.action.kind is ActionKind.COPY_URL
    cured = online(last_from_network=last(10, ago(minutes=1)))
    expect(verdict(NAME, cured), CheckStatus.PASS)


def test_the_host_that_a_proxy_passed_on_counts() -> None:
    headers = ((b"Host", b"127.0.0.1:8787"), (b"X-Forwarded-Host", b"a.example, old.example"))
    moved = online(last_from_network=replace(last(9, ago(hours=2)), headers=headers))
    expect(verdict(NAME, moved), CheckStatus.WARN, "old.example", without="a.example")


def test_a_delivery_by_a_local_address_says_nothing_of_the_public_one() -> None:
    local = online(last_from_network=last(9, ago(hours=2), "127.0.0.1:8787"))
    expect(verdict(NAME, local), CheckStatus.PASS)


def test_an_address_that_moved_since_the_last_run() -> None:
    up = tunnel(TunnelState.ONLINE, url=PUBLIC, earlier_url="https://old.ngrok-free.app")
    expect(
        verdict(NAME, replace(FACTS, tunnel=up)),
        CheckStatus.WARN,
        "the last time it was old.ngrok-free.app",
        fix=PUBLIC_URL,
    )
    used = replace(with_log(last_from_network=last(9, ago(minutes=2))), tunnel=up)
    expect(verdict(NAME, used), CheckStatus.PASS)


def test_silence_though_the_tunnel_is_up() -> None:
    expect(
        verdict(NAME, online(since_minutes=30)),
        CheckStatus.WARN,
        "up for 30 min",
        "no webhook has ever come",
        fix="Press Test",
    )
    quiet = online(since_minutes=30, last_from_network=last(9, ago(hours=30)))
    expect(verdict(NAME, quiet), CheckStatus.WARN, "30 h ago", fix="Test")
    just_up = online(since_minutes=1, last_from_network=last(9, ago(hours=30)))
    expect(verdict(NAME, just_up), CheckStatus.PASS)


def test_an_address_of_a_receiver_that_does_not_say_its_state() -> None:
    given = TunnelFacts(provider=ProviderName.URL, status=None, webhook_url=PUBLIC_URL)
    expect(verdict(NAME, replace(FACTS, tunnel=given)), CheckStatus.PASS, PUBLIC_URL)
    expect(verdict(NAME, replace(FACTS, tunnel=given, log=None)), CheckStatus.PASS, PUBLIC_URL)
