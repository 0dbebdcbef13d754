"""Reads what is known of the tunnel: who makes it, its address, and if its program is there."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.checks.facts import AgentFacts, TunnelFacts
from receiver.tunnel import (
    WEBHOOK_PATH,
    ProviderName,
    TunnelStatus,
    install_target,
    report_agent,
    webhook_url,
)
from receiver.tunnel.presets import program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meterbase_tui.receiving.presence import Presence
    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings

_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def read_tunnel(
    settings: Settings,
    runtime: Runtime | None,
    presence: Presence | None,
    environ: Mapping[str, str],
) -> TunnelFacts:
    """What the receiver says of its tunnel, or what the settings would make of one.

    Args:
        settings: those in force.
        runtime: the receiver, if it runs in this process.
        presence: the receiver of another process, if there is one.
        environ: where the agent, its token and a proxy are looked for.
    """
    status = runtime.tunnel.status if runtime else (presence.tunnel if presence else None)
    facts = TunnelFacts(
        provider=_provider(settings, status),
        status=status,
        webhook_url=webhook_url(status) if status else _given_url(settings),
        earlier_url=presence.earlier_url if presence else None,
    )
    if facts.provider in (ProviderName.AUTO, ProviderName.NGROK):
        return replace(facts, agent=_agent(settings, environ))
    if facts.provider is settings.tunnel is ProviderName.COMMAND:
        return _with_program(facts, settings, environ.get("PATH", os.defpath))
    return facts


def _provider(settings: Settings, status: TunnelStatus | None) -> ProviderName:
    """Who makes the tunnel: the receiver of another process may have other settings than these."""
    chosen = (ProviderName.NONE, ProviderName.NGROK, settings.tunnel)
    return settings.tunnel if status is None or status.provider in chosen else status.provider


def _given_url(settings: Settings) -> str | None:
    """The address that the user has, while no receiver says which one is in use."""
    if settings.tunnel is not ProviderName.URL or settings.public_url is None:
        return None
    return settings.public_url + WEBHOOK_PATH


def _agent(settings: Settings, environ: Mapping[str, str]) -> AgentFacts:
    report = report_agent(settings.tunnel_settings, environ)
    variable = next((name for name in _PROXIES if environ.get(name)), None)
    by_file = f"proxy_url in {report.config.path}" if report.config.proxy_url else None
    return AgentFacts(
        path=str(report.agent.path) if report.agent else None,
        found_by=report.agent.found_by if report.agent else None,
        token_from=report.token_from,
        problem=report.problem,
        why_off=report.why_off,
        proxied_by=by_file or variable,
        install_to=None if report.agent else str(install_target(settings.tunnel_settings, environ)),
    )


def _with_program(facts: TunnelFacts, settings: Settings, path: str) -> TunnelFacts:
    try:
        name = program(settings.tunnel_command or "", settings.port).argv[0]
    except ValueError:
        return facts
    return replace(facts, program=name, program_found=shutil.which(name, path=path) is not None)
