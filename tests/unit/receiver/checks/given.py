"""Facts of a receiver with which all is well, and deliveries of every kind, to change one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from receiver.checks import Check, CheckName, CheckStatus, Facts, run_checks
from receiver.checks.facts import PortState, ReceiverFacts, SecretFacts, TunnelFacts
from receiver.checks.probes import Ping, PingOutcome, Probes
from receiver.checks.store_facts import StoreFacts
from receiver.tunnel import Problem, ProviderName, TunnelState, TunnelStatus
from store.records import ConnectionRecord, Origin, PropertyState, Reason, Verdict
from store.statistics import (
    Backlog,
    DeliverySummary,
    IgnoredGroup,
    LastFromNetwork,
    MissingUnits,
    RecentEnds,
    Refusal,
    Registry,
    Repetition,
    Statistics,
)

NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
PATH = "/api/webhooks/propexo"
URL = f"http://127.0.0.1:8787{PATH}"
PUBLIC = "https://name.ngrok-free.app"
PUBLIC_URL = PUBLIC + PATH

SECRET = SecretFacts(source="PROPEXO_WEBHOOK_SECRET in /srv/.env:3", length=32)
RECEIVER = ReceiverFacts(url=URL, port=PortState.OWN, loop_ms=1.0, processor_running=True)
STORE = StoreFacts(path="/srv/meterbase.db", size=2_500_000, free=90_000_000_000)
REGISTRY = Registry(
    connections=(ConnectionRecord(connection_id="conn_a", registered=True, events=3),),
    registered=1,
    properties={PropertyState.LINKED: 1},
    in_review=(),
)
LOG = Statistics(
    deliveries=(),
    refusals=(),
    last_from_network=None,
    repetitions=(),
    backlog=Backlog(0, None),
    failures=(),
    ignored=(),
    ends=RecentEnds(looked_at=0, outcomes={}, reasons={}),
    registry=REGISTRY,
    missing_units=MissingUnits(0, None),
)
NO_TUNNEL = TunnelFacts(provider=ProviderName.NONE, status=None)
FACTS = Facts(now=NOW, secret=SECRET, receiver=RECEIVER, store=STORE, log=LOG, tunnel=NO_TUNNEL)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def verdict(name: CheckName, facts: Facts) -> Check:
    """One check of a whole run: what it says cannot depend on the others' being left out."""
    return next(check for check in run_checks(facts) if check.name is name)


def with_log(**changed: Any) -> Facts:
    return replace(FACTS, log=replace(LOG, **changed))


def probed(**found: Any) -> Probes:
    return Probes(at=NOW, **found)


def ping(outcome: PingOutcome, url: str = URL, **more: Any) -> Ping:
    return Ping(url=url, outcome=outcome, ms=12.0, **more)


def tunnel(
    state: TunnelState,
    *,
    url: str | None = None,
    problem: Problem | None = None,
    since: datetime | None = None,
    provider: ProviderName = ProviderName.NGROK,
    why_off: str | None = None,
    earlier_url: str | None = None,
) -> TunnelFacts:
    status = TunnelStatus(state, url, problem, provider, since or ago(minutes=5), why_off)
    return TunnelFacts(
        provider=provider,
        status=status,
        webhook_url=url and url + PATH,
        earlier_url=earlier_url,
    )


def delivery(number: int, **changed: Any) -> DeliverySummary:
    """A good delivery from the network, a minute before the one with the next number."""
    received_at = changed.pop("received_at", ago(minutes=100 - number))
    values: dict[str, Any] = {
        "origin": Origin.NETWORK,
        "status": 200,
        "verdict": Verdict.VALID,
        "diagnosis": None,
        "event_id": number,
        "timestamp": received_at - timedelta(seconds=1),
        "ack_ms": 2.0,
    }
    return DeliverySummary(id=number, received_at=received_at, **values | changed)


def unsigned(number: int, code: str | None = "unknown_secret", **changed: Any) -> DeliverySummary:
    """A delivery that was refused for its signature."""
    values = {
        "status": 401,
        "verdict": Verdict.INVALID,
        "diagnosis": code,
        "event_id": None,
        "timestamp": None,
    }
    return delivery(number, **values | changed)


def refusal(number: int, status: int, **changed: Any) -> Refusal:
    values: dict[str, Any] = {
        "received_at": ago(minutes=100 - number),
        "origin": Origin.NETWORK,
        "method": "POST",
        "path": PATH,
        "explanation": "A reason.",
        "headers": ((b"User-Agent", b"Propexo/1"),),
    }
    return Refusal(id=number, status=status, **values | changed)


def last(number: int, at: datetime, host: str = "name.ngrok-free.app") -> LastFromNetwork:
    return LastFromNetwork(number, at, ((b"Host", host.encode()),))


def ignored(reason: Reason, connection: str, prop: str | None, count: int) -> IgnoredGroup:
    return IgnoredGroup(reason, connection, prop, count, 41, ago(minutes=3))


def repetition(number: int, pause_s: float, ack_ms: float | None = 3.0) -> Repetition:
    return Repetition(
        id=number,
        event_id=number - 10,
        received_at=ago(minutes=100 - number),
        pause_s=pause_s,
        earlier_id=number - 1,
        earlier_ack_ms=ack_ms,
    )


def expect(
    check: Check, status: CheckStatus, *words: str, fix: str = "", without: str = ""
) -> Check:
    """Asserts a verdict with its evidence and its cure."""
    assert check.status is status, check
    for word in words:
        assert word in check.detail, check
    assert fix in (check.fix or ""), check
    assert bool(fix) <= bool(check.fix)
    assert not without or without not in check.detail, check
    return check
