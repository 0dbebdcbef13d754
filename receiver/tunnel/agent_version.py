"""Which version an agent is, and what follows from it."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from receiver.tunnel import problems
from receiver.tunnel.agent_report import program_environment
from receiver.tunnel.child import EventKind
from receiver.tunnel.redaction import one_line
from receiver.tunnel.session import Assignment, Session, no_report
from receiver.tunnel.status import Problem, ProviderName, TunnelSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from receiver.tunnel.child import Child

_SAID = re.compile(r"version v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


class AgentVersion(NamedTuple):
    """A version of ngrok's agent."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST_WITH_ENDPOINTS = AgentVersion(3, 30, 0)
"""The first agent with the endpoints API, which pyngrok 9 speaks by default.

With an older one pyngrok waits for ever, so those are spoken to by the tunnels API.
"""
FIRST_WITH_DOMAIN = AgentVersion(3, 0, 0)
"""Before it, a fixed domain was called `hostname`."""


def parse_version(text: str) -> AgentVersion | None:
    """The version in the words ``ngrok version 3.30.0``."""
    match = _SAID.search(text)
    return AgentVersion(int(match[1]), int(match[2]), int(match[3])) if match else None


def config_version(version: AgentVersion) -> str:
    """The `config_version` that makes pyngrok speak what this agent understands."""
    return "3" if version >= FIRST_WITH_ENDPOINTS else "2"


def ask_version(
    agent: Path, settings: TunnelSettings, environ: Mapping[str, str] | None = None
) -> AgentVersion | Problem:
    """Asks an agent for its version outside of a tunnel; waits `Pace.version` seconds at most."""
    environ = program_environment(os.environ if environ is None else environ)
    session = Session(Assignment(settings, 0, environ), no_report)
    return read_version(session, agent, environ)


def read_version(
    session: Session, agent: Path, environ: Mapping[str, str]
) -> AgentVersion | Problem:
    """Asks an agent for its version, for `Pace.version` seconds at most.

    Raises:
        Interrupted: a stop or a restart was asked for.
    """
    request = {"task": "command", "argv": [str(agent), "--version"]}
    with session.child(ProviderName.NGROK, request, environ, lambda _: None) as child:
        return _answer(session, child, agent)


def _answer(session: Session, child: Child, agent: Path) -> AgentVersion | Problem:
    deadline = time.monotonic() + session.pace.version
    said: list[str] = []
    while event := session.hear(child, deadline):
        if event.kind is EventKind.LINE:
            version = parse_version(event["text"])
            if version:
                return version
            said.append(event["text"])
        elif event.kind is EventKind.ERROR:
            return problems.own("agent_unusable", event["text"])
        elif event.kind in {EventKind.EXITED, EventKind.GONE}:
            answer = one_line(" ".join(said), 120) or "nothing"
            return problems.own("agent_unusable", f"{agent} --version said: {answer}")
    seconds = f"{session.pace.version:g} s"
    return problems.own("agent_unusable", f"{agent} --version did not answer within {seconds}")
