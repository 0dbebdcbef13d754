"""The tunnel by ngrok: pyngrok starts the agent in another process, its log tells the state."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from receiver.tunnel import problems
from receiver.tunnel.addresses import bare_domain, public_address
from receiver.tunnel.agent_config import is_confined
from receiver.tunnel.agent_log import AgentLog, Heard
from receiver.tunnel.agent_report import AgentReport, agent_environment, report_agent
from receiver.tunnel.agent_version import (
    FIRST_WITH_DOMAIN,
    AgentVersion,
    config_version,
    read_version,
)
from receiver.tunnel.child import Child, Event, EventKind
from receiver.tunnel.journal import Journal
from receiver.tunnel.status import Problem, ProviderName, TunnelState
from receiver.tunnel.wake import Wake

if TYPE_CHECKING:
    from pathlib import Path

    from receiver.tunnel.session import Session

JOURNAL = "ngrok-agent.log"
_OWN_CONFIG = "ngrok.yml"
# pyngrok's own limit has to come first: its error says more than our deadline.
_SHARE_OF_START = 0.6
# Slow networks need it; with less, an endpoint may have been made and be reported as failed.
_REQUEST_TIMEOUT = 15.0
_ENDED = frozenset({EventKind.ERROR, EventKind.EXITED, EventKind.GONE})


def run_ngrok(session: Session) -> Problem:
    """Opens the tunnel and holds it until it ends by itself; returns why it ended.

    Raises:
        Interrupted: a stop or a restart was asked for. Nothing is left running.
    """
    session.report(TunnelState.PREPARING, ProviderName.NGROK)
    report = report_agent(session.settings, session.environ)
    if report.agent is None or report.problem is not None:
        return report.problem or problems.own("agent_missing")
    try:
        domain = bare_domain(session.settings.domain)
    except ValueError:
        return problems.own("bad_domain")
    environ = agent_environment(session.settings, session.environ)
    agent = report.agent.path.absolute()
    version = read_version(session, agent, environ)
    if isinstance(version, Problem):
        return version
    session.report(TunnelState.STARTING, ProviderName.NGROK)
    try:
        config = _config_path(session.settings.state_dir, report, version)
    except OSError as error:
        return problems.own("state_dir", f"{session.settings.state_dir}: {error.strerror}")
    request = _request(session, agent, version, config, domain)
    holder = _Holder(session, report)
    with session.child(ProviderName.NGROK, request, environ, holder.journal.write) as child:
        return holder.hold(child)


def _request(
    session: Session, agent: Path, version: AgentVersion, config: Path | None, domain: str | None
) -> dict[str, Any]:
    return {
        "task": "ngrok",
        "agent": str(agent),
        "config_path": None if config is None else str(config),
        "config_version": config_version(version),
        "upstream": f"http://127.0.0.1:{session.port}",
        # Never the name of a definition in the user's ngrok.yml, whose options would creep in.
        "name": f"meterbase-{secrets.token_hex(4)}",
        "options": _options(version, domain),
        "startup_timeout": session.pace.start * _SHARE_OF_START,
        "request_timeout": _REQUEST_TIMEOUT,
    }


def _options(version: AgentVersion, domain: str | None) -> dict[str, str]:
    """How this agent is told the fixed domain. Pooling is never asked for: it splits webhooks."""
    if domain is None:
        return {}
    if config_version(version) == "3":
        return {"url": f"https://{domain}"}
    return {"domain" if version >= FIRST_WITH_DOMAIN else "hostname": domain}


def _config_path(state_dir: Path, report: AgentReport, version: AgentVersion) -> Path | None:
    """The configuration to name to the agent, or None if it finds the user's own by itself.

    Without any, pyngrok would write one into the user's configuration directory, of a version
    that agents before 3.30 may not know; so a minimal one of ours is used.
    """
    assert report.agent is not None
    if report.config.path is not None:
        return None if report.config.is_default else report.config.path
    if is_confined(report.agent.path):
        return None
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state_dir / _OWN_CONFIG
    path.write_text(f'version: "{config_version(version)}"\n', encoding="ascii")
    return path


class _Holder:
    """Follows one agent from its first line to its last."""

    def __init__(self, session: Session, report: AgentReport) -> None:
        self.journal = Journal(session.settings.state_dir / JOURNAL, report.redact)
        self._session = session
        self._redact = report.redact
        self._log = AgentLog()
        self._public_url = ""
        self._doubted_until: float | None = None

    def hold(self, child: Child) -> Problem:
        event = self._opened(child)
        if isinstance(event, Problem):
            return event
        address = public_address(event["url"])
        if address is None:
            return problems.own("bad_address", self._redact(event["url"]))
        self._public_url = address
        return self._watch(child)

    def _opened(self, child: Child) -> Event | Problem:
        deadline = time.monotonic() + self._session.pace.start
        while event := self._session.hear(child, deadline):
            if event.kind is EventKind.LINE:
                self._read(event)
            elif event.kind is EventKind.ONLINE:
                return event
            elif event.kind in _ENDED:
                return self._failure(event)
        return self._lateness()

    def _watch(self, child: Child) -> Problem:
        wake = Wake(self._session.clock)
        self._tell_online()
        while True:
            event = self._session.hear(child, time.monotonic() + self._session.pace.tick)
            if event is None:
                self._tick(slept=wake.happened())
            elif event.kind is EventKind.LINE:
                self._follow(self._read(event))
            elif event.kind in _ENDED:
                return problems.from_text(self._last_error(event), "agent_died")

    def _read(self, event: Event) -> Heard:
        self.journal.write(event["text"])
        return self._log.read(event["text"])

    def _follow(self, heard: Heard) -> None:
        if heard is Heard.LOST:
            self._doubted_until = None
            reason = self._redact(self._log.last_error or "")
            self._tell_lost(problems.from_text(reason, "connection_lost"))
        elif heard is Heard.BACK:
            self._tell_online()

    def _tick(self, *, slept: bool) -> None:
        if not self._log.session:
            return
        if slept:
            self._doubted_until = time.monotonic() + self._session.pace.wake
            self._tell_lost(problems.own("slept"))
        elif self._doubted_until is not None and time.monotonic() >= self._doubted_until:
            self._tell_online()

    def _tell_online(self) -> None:
        self._doubted_until = None
        self._tell(TunnelState.ONLINE, None)

    def _tell_lost(self, problem: Problem) -> None:
        self._tell(TunnelState.RECONNECTING, problem)

    def _tell(self, state: TunnelState, problem: Problem | None) -> None:
        self._session.report(
            state,
            ProviderName.NGROK,
            public_url=self._public_url,
            problem=problem,
            inspector_url=self._log.inspector_url,
        )

    def _last_error(self, event: Event) -> str:
        return self._redact(self._log.last_error or event["text"])

    def _failure(self, event: Event) -> Problem:
        """Why pyngrok gave up, by what it raised; the texts are the agent's own."""
        kind = event["type"]
        if kind == "PyngrokNgrokHTTPError":
            return problems.from_text(self._redact(event["body"]), "endpoint_refused")
        if kind == "PyngrokNgrokURLError":
            return problems.own("agent_api", self._redact(event["text"]))
        if kind == "PyngrokNgrokError" and self._log.last_error is None:
            return self._lateness()
        if kind in {"OSError", "PermissionError", "FileNotFoundError"}:
            return problems.own("agent_unusable", self._redact(event["text"]))
        return problems.from_text(self._last_error(event), "agent_died")

    def _lateness(self) -> Problem:
        """Why there is no address although nothing failed."""
        if not self._log.said_anything:
            return problems.own("agent_silent")
        if self._log.session:
            return problems.own("agent_api")
        return problems.from_text(self._redact(self._log.last_error or ""), "no_network")
