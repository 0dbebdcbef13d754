"""Looks closely: sends pings, checks the whole store, asks programs and services. On demand only.

Everything runs at once, each on a thread of its own, and is waited for only so long.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meterbase_tui.checking.errands import Errand
from meterbase_tui.checking.missed_requests import InspectorError, ask_inspector, find_gap
from meterbase_tui.checking.ping import SentPing, look_for, send_ping
from meterbase_tui.checking.ports import greet, reach
from meterbase_tui.checking.surroundings import Surroundings
from meterbase_tui.settings import with_known_secret
from receiver.checks import Probes
from receiver.checks.facts import PortState
from receiver.checks.probes import Greeting, Ping, PingOutcome
from receiver.reverification import find_authentic
from receiver.tunnel import TunnelState, ask_version
from store.errors import StoreError
from store.reader import Reader
from store.safekeeping.integrity import check_bodies, check_structure

if TYPE_CHECKING:
    from datetime import datetime

    from meterbase_tui.settings import Settings
    from receiver.checks import Facts
    from receiver.checks.probes import Gap, Reach
    from receiver.judging.signing import Secrets
    from receiver.tunnel import AgentVersion, Problem
    from receiver.tunnel.inspection import SeenRequest
    from store.safekeeping.integrity import BodyCheck, StructureCheck

_STRUCTURE_S = 3.0
_LOCAL_S = 5.0
_PUBLIC_S = 8.0
_VERSION_S = 5.5
_SLACK_S = 0.5
"""How much longer than its own limit work is waited for. Only a name server is ever so late."""
_Greeted = tuple[Greeting | None, str | None, SentPing | None]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is on its way."""

    local: Errand[_Greeted]
    public: Errand[SentPing | None]
    version: Errand[AgentVersion | Problem | None]
    service: Errand[Reach | None]
    unanswered: Errand[list[SeenRequest]]
    secrets: Secrets | None


def gather_probes(
    settings: Settings,
    facts: Facts,
    *,
    surroundings: Surroundings | None = None,
    reader: Reader | None = None,
) -> Probes:
    """A close look, within 10 s; 0.1 s where everything answers. Blocks.

    It leaves a ping in the log of the receiver that runs, and one more by the public address; both
    are marked as samples.

    Args:
        settings: those in force.
        facts: what `gather_facts` found just now.
        surroundings: by default those of this process.
        reader: the store, opened on this thread; without it, the store is opened for the moment.
    """
    around = surroundings or Surroundings()
    begun = _begin(settings, around, facts)
    own = None
    try:
        if reader is None and facts.log is not None:
            reader = own = Reader(settings.db)
        return _finish(around.clock(), begun, facts, reader)
    except StoreError:
        # What is wrong with the store has been found by `gather_facts`.
        return _finish(around.clock(), begun, facts, None)
    finally:
        if own is not None:
            own.close()


def _begin(settings: Settings, around: Surroundings, facts: Facts) -> _Begun:
    settings, _ = with_known_secret(settings)
    secrets = settings.secrets if settings.secret is not None else None
    now = facts.now
    return _Begun(
        Errand(lambda: _local(facts, secrets, now)),
        Errand(lambda: _public(facts, secrets, now)),
        Errand(lambda: _version(settings, around, facts)),
        Errand(lambda: _service(around, facts)),
        Errand(lambda: _unanswered(facts, now)),
        secrets,
    )


def _finish(now: datetime, begun: _Begun, facts: Facts, reader: Reader | None) -> Probes:
    structure, bodies = _check_store(reader)
    greeting, name, local = begun.local.wait(_LOCAL_S + _SLACK_S, (Greeting.SILENT, None, None))
    public = begun.public.wait(_PUBLIC_S + _SLACK_S, _lost_on_the_way(facts))
    return Probes(
        at=now,
        greeting=greeting,
        greeted_by=name,
        local_ping=_found(local, reader),
        public_ping=_found(public, reader),
        structure=structure,
        bodies=bodies,
        agent_version=begun.version.wait(_SLACK_S, None),
        ngrok_service=begun.service.wait(_SLACK_S, None),
        gap=_gap(facts, begun.unanswered.wait(_SLACK_S, []), reader),
        authentic=_count_authentic(begun.secrets, reader),
    )


def _check_store(reader: Reader | None) -> tuple[StructureCheck | None, BodyCheck | None]:
    if reader is None:
        return None, None
    with reader.connect() as connection:
        return check_structure(connection, _STRUCTURE_S), check_bodies(connection)


def _local(facts: Facts, secrets: Secrets | None, now: datetime) -> _Greeted:
    """Greets a receiver of another process, and pings whoever turns out to be one of ours."""
    greeting, name = None, None
    announced = facts.receiver.announced and secrets is not None
    if facts.receiver.port is not PortState.OWN:
        if facts.receiver.port is not PortState.OPEN:
            return None, None, None
        # To ask a receiver who it is leaves a row in its log: one that has said so is not asked.
        greeting, name = (Greeting.OURS, None) if announced else greet(facts.receiver.url, secrets)
        if greeting is not Greeting.OURS:
            return greeting, name, None
    if secrets is None:
        return greeting, name, None
    sent = send_ping(facts.receiver.url, secrets, now, seconds=_LOCAL_S)
    if announced and sent.ping.outcome is PingOutcome.TIMED_OUT:
        return Greeting.SILENT, None, None
    return greeting, name, sent


def _public(facts: Facts, secrets: Secrets | None, now: datetime) -> SentPing | None:
    url = facts.tunnel.webhook_url
    if url is None or secrets is None or not facts.receiver.running:
        return None
    return send_ping(url, secrets, now, seconds=_PUBLIC_S, by_proxy=True)


def _lost_on_the_way(facts: Facts) -> SentPing | None:
    url = facts.tunnel.webhook_url
    if url is None:
        return None
    return SentPing(Ping(url=url, outcome=PingOutcome.TIMED_OUT, ms=_PUBLIC_S * 1000), b"")


def _found(sent: SentPing | None, reader: Reader | None) -> Ping | None:
    if sent is None or reader is None:
        return None if sent is None else sent.ping
    with reader.connect() as connection:
        return look_for(connection, sent)


def _version(
    settings: Settings, around: Surroundings, facts: Facts
) -> AgentVersion | Problem | None:
    agent = facts.tunnel.agent
    if agent is None or agent.path is None or agent.problem is not None:
        return None
    return ask_version(Path(agent.path), settings.tunnel_settings, around.environ)


def _service(around: Surroundings, facts: Facts) -> Reach | None:
    status = facts.tunnel.status
    online = status is not None and status.state is TunnelState.ONLINE
    if online or facts.tunnel.agent is None or facts.tunnel.agent.path is None:
        return None
    return reach(around.ngrok_service)


def _unanswered(facts: Facts, now: datetime) -> list[SeenRequest]:
    status = facts.tunnel.status
    if status is None or status.inspector_url is None:
        return []
    try:
        return ask_inspector(status.inspector_url, now)
    except InspectorError:
        # An agent that is gone has lost what it saw; what is wrong with it is told elsewhere.
        return []


def _count_authentic(secrets: Secrets | None, reader: Reader | None) -> int:
    if secrets is None or reader is None:
        return 0
    with reader.connect() as connection:
        return len(find_authentic(connection, secrets))


def _gap(facts: Facts, unanswered: list[SeenRequest], reader: Reader | None) -> Gap | None:
    status = facts.tunnel.status
    if status is None or status.inspector_url is None or reader is None:
        return None
    with reader.connect() as connection:
        return find_gap(connection, status.inspector_url, unanswered)
