"""Everything about ngrok on this machine that can be known without connecting."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from receiver.tunnel import problems
from receiver.tunnel.advice import NGROK
from receiver.tunnel.agent_config import AgentConfig, find_config
from receiver.tunnel.agent_search import FoundAgent, find_agent
from receiver.tunnel.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from receiver.tunnel.status import Problem, TunnelSettings

_LOCAL = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class AgentReport:
    """What was found. Neither its `repr` nor any text in it holds the token."""

    agent: FoundAgent | None
    config: AgentConfig
    token_from: str | None
    """Where the token comes from; never the token."""
    problem: Problem | None
    redact: Redactor = field(repr=False)

    @property
    def why_off(self) -> str | None:
        """For `auto`: what is missing and how to get it, or None if nothing is."""
        if self.agent is None:
            return (
                "No public address: no ngrok agent was found. Install one from "
                "https://ngrok.com/download, or set METERBASE_NGROK_PATH."
            )
        if self.token_from is None and self.agent.path.is_file():
            return (
                f"No public address: there is an ngrok agent ({self.agent.path}), but no "
                "authtoken. " + NGROK[4018].cure
            )
        return None


def report_agent(settings: TunnelSettings, environ: Mapping[str, str] | None = None) -> AgentReport:
    """Looks for agent, token and configuration; reads files only and starts nothing."""
    environ = os.environ if environ is None else environ
    agent = find_agent(settings.ngrok_path, environ)
    config = find_config(agent.path, environ) if agent else AgentConfig()
    inherited = (environ.get("NGROK_AUTHTOKEN") or "").strip() or None
    return AgentReport(
        agent,
        config,
        _token_source(settings, inherited, config),
        _problem(agent, config),
        Redactor([settings.auth_token, inherited, config.token]),
    )


def agent_environment(settings: TunnelSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for the agent: with its token, without the secrets that are not its own.

    Its local API is kept out of a proxy: pyngrok would ask the proxy for 127.0.0.1, for ever.
    """
    own = program_environment(environ)
    if settings.auth_token:
        own["NGROK_AUTHTOKEN"] = settings.auth_token.strip()
    spared = [environ.get("no_proxy", ""), environ.get("NO_PROXY", ""), *_LOCAL]
    own["no_proxy"] = own["NO_PROXY"] = ",".join(filter(None, spared))
    return own


def program_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program of somebody else: without the secrets of the webhooks."""
    return {name: value for name, value in environ.items() if not name.startswith("PROPEXO_")}


def _token_source(
    settings: TunnelSettings, inherited: str | None, config: AgentConfig
) -> str | None:
    if settings.auth_token and settings.auth_token.strip():
        return "NGROK_AUTHTOKEN"
    if inherited:
        return "NGROK_AUTHTOKEN in the environment"
    return str(config.path) if config.token else None


def _problem(agent: FoundAgent | None, config: AgentConfig) -> Problem | None:
    if agent is None:
        return problems.own("agent_missing")
    if not agent.path.is_file():
        detail = f"{agent.found_by} says {agent.path}, where there is no file"
        return problems.own("agent_missing", detail)
    if not os.access(agent.path, os.X_OK):
        return problems.own("agent_unusable", f"{agent.path} is not executable")
    return config.problem
