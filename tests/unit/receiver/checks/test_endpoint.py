from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.checks.probes import PingOutcome
from receiver.tunnel import TunnelState
from store.records import Origin
from tests.unit.receiver.checks.given import (
    FACTS,
    PUBLIC,
    PUBLIC_URL,
    ago,
    delivery,
    expect,
    last,
    ping,
    probed,
    refusal,
    tunnel,
    verdict,
    with_log,
)

NAME = CheckName.ENDPOINT
SIGNED = ((b"X-Propexo-Signature", b"sha256=00"),)


def test_nothing_has_come() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "No webhook has come to another path")


def test_a_ping_that_arrived_and_a_delivery() -> None:
    facts = replace(
        with_log(last_from_network=last(7, ago(minutes=3))),
        probes=probed(local_ping=ping(PingOutcome.ARRIVED)),
    )
    expect(verdict(NAME, facts), CheckStatus.PASS, "stored in 12 ms", "delivery", "7", "3 min ago")


def test_a_signed_webhook_on_another_path_names_the_path() -> None:
    lost = (
        refusal(9, 404, path="/webhooks?x=1", headers=SIGNED),
        refusal(8, 404, path="/webhooks", headers=SIGNED),
        refusal(7, 404, path="/other"),
    )
    facts = replace(with_log(refusals=lost), tunnel=tunnel(TunnelState.ONLINE, url=PUBLIC))
    found = expect(
        verdict(NAME, facts),
        CheckStatus.FAIL,
        "3 requests",
        "/webhooks (2 ×) and /other (1 ×)",
        "delivery 9",
        "carry a Propexo signature",
        fix=PUBLIC_URL,
    )
    assert found.action is not None
    assert found.action.kind is ActionKind.COPY_URL


def test_an_unsigned_post_to_another_path_may_be_anybodys() -> None:
    facts = with_log(refusals=(refusal(9, 404, path="/x"),))
    expect(verdict(NAME, facts), CheckStatus.WARN, "1 request came", fix="https://<your public")


def test_a_local_address_is_not_given_to_propexo() -> None:
    local = tunnel(TunnelState.ONLINE, url="http://127.0.0.1:8787")
    facts = replace(with_log(refusals=(refusal(9, 404, path="/x"),)), tunnel=local)
    assert "127.0.0.1" not in (verdict(NAME, facts).fix or "")


def test_scanners_and_browsers_are_no_trouble() -> None:
    facts = with_log(
        refusals=(
            refusal(9, 404, method="GET", path="/.env"),
            refusal(8, 405, method="GET"),
            refusal(7, 405, method="HEAD"),
        )
    )
    expect(verdict(NAME, facts), CheckStatus.PASS)


def test_what_we_sent_ourselves_or_long_ago_does_not_count() -> None:
    ours = ((b"User-Agent", b"meterbase-tui/1"),)
    facts = with_log(
        refusals=(
            refusal(9, 404, path="/a", headers=ours),
            refusal(8, 404, path="/b", origin=Origin.REPLAY),
            refusal(7, 404, path="/c", received_at=ago(hours=25)),
        )
    )
    expect(verdict(NAME, facts), CheckStatus.PASS)


def test_a_good_delivery_afterwards_cures_it() -> None:
    lost = (refusal(9, 404, path="/webhooks", headers=SIGNED),)
    expect(verdict(NAME, with_log(refusals=lost)), CheckStatus.FAIL)
    cured = with_log(refusals=lost, deliveries=(delivery(10),), last_from_network=last(10, ago()))
    expect(verdict(NAME, cured), CheckStatus.PASS, without="404")
    long_before = with_log(refusals=lost, last_from_network=last(10, ago()))
    expect(verdict(NAME, long_before), CheckStatus.PASS)
    more = (*lost, refusal(2, 404, path="/webhooks", headers=SIGNED))
    before = with_log(refusals=more, last_from_network=last(3, ago(hours=3)))
    expect(verdict(NAME, before), CheckStatus.FAIL)


def test_a_second_endpoint_with_a_wrong_path_shows_between_good_deliveries() -> None:
    lost = tuple(refusal(n, 404, path="/webhooks", headers=SIGNED) for n in (9, 7))
    facts = with_log(refusals=lost, deliveries=(delivery(10), delivery(8), delivery(6)))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "2 requests")


def test_a_wrong_method() -> None:
    wrong = (refusal(9, 405, method="PUT"), refusal(4, 405, method="PUT"))
    found = expect(
        verdict(NAME, with_log(refusals=wrong)),
        CheckStatus.WARN,
        "2 requests",
        "with PUT instead of POST",
        "delivery 9, 91 min ago",
        fix="POST",
    )
    assert found.action is not None
    assert found.action.delivery_id == 9


@pytest.mark.parametrize(
    ("status", "cure"),
    [(413, "--max-body"), (408, "slow link"), (415, "compression"), (400, "Open the delivery")],
)
def test_a_request_that_could_not_be_read(status: int, cure: str) -> None:
    bad = (refusal(9, status, explanation="Too much."), refusal(4, status))
    found = expect(
        verdict(NAME, with_log(refusals=bad)),
        CheckStatus.WARN,
        f"2 requests got {status}: Too much.",
        "delivery 9, 91 min ago",
        fix=cure,
    )
    assert found.action is not None
    assert found.action.delivery_id == 9


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        (PingOutcome.OTHER_SECRET, CheckStatus.FAIL, "another secret"),
        (PingOutcome.OTHER_STORE, CheckStatus.WARN, "another store"),
        (PingOutcome.TIMED_OUT, CheckStatus.FAIL, "timed out"),
    ],
)
def test_a_ping_that_was_not_stored(outcome: PingOutcome, status: CheckStatus, words: str) -> None:
    facts = replace(FACTS, probes=probed(local_ping=ping(outcome)))
    found = expect(verdict(NAME, facts), status, words)
    assert found.fix
    assert found.action is not None
    assert found.action.kind is ActionKind.SEND_PING


def test_a_ping_that_the_receiver_refused_says_how() -> None:
    refused = ping(PingOutcome.REFUSED, status=503)
    facts = replace(FACTS, log=None, probes=probed(local_ping=refused))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "status 503")
