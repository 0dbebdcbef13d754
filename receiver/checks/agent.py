"""Is the program there that makes the public address, and can it work?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.probes import Reach
from receiver.tunnel.advice import DOWNLOAD_SIZE
from receiver.tunnel.status import Problem, ProviderName, TunnelState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import AgentFacts, Facts

_SUPPORTED = (3, 30, 0)
_ACCEPTED = (3, 0, 0)
_INSTALL = Action(ActionKind.INSTALL_AGENT)
_UPDATE = "Run `ngrok update`, or install a current agent from https://ngrok.com/download."


_SEE_AGENT = "See the check of the tunnel's agent."


def cure_off(facts: Facts, why_off: str) -> str | None:
    """What to do about a tunnel that is off, unless the check of the agent says it already.

    Args:
        facts: everything that is known.
        why_off: why it is off, a sentence, and what helps.
    """
    told = facts.tunnel.agent.why_off if facts.tunnel.agent else None
    if told and why_off.startswith(told):
        return _SEE_AGENT + why_off.removeprefix(told)
    return why_off.partition(". ")[2] or None


def cure_problem(facts: Facts, problem: Problem) -> str:
    """What to do about a tunnel in trouble, unless the check of the agent says it already."""
    told = facts.tunnel.agent.problem if facts.tunnel.agent else None
    if told is not None and told.code == problem.code:
        return _SEE_AGENT
    return f"{problem.cure} {problem.link}" if problem.link else problem.cure


def check_tunnel_agent(facts: Facts) -> Check:
    """Whether the tunnel's program can be started."""
    provider = facts.tunnel.provider
    if provider in (ProviderName.NONE, ProviderName.URL):
        chosen = f"The tunnel is `{provider}`, which needs no program."
        return conclude(CheckName.TUNNEL_AGENT, [], skipped(chosen))
    if provider is ProviderName.COMMAND:
        return conclude(CheckName.TUNNEL_AGENT, [], _program(facts))
    agent = facts.tunnel.agent
    if agent is None:
        return conclude(CheckName.TUNNEL_AGENT, [], skipped("No ngrok agent was looked for."))
    return conclude(CheckName.TUNNEL_AGENT, _findings(facts, agent), _found(facts, agent))


def _program(facts: Facts) -> Finding:
    name, status = facts.tunnel.program, facts.tunnel.status
    if name is None and status is not None and status.state is TunnelState.ONLINE:
        return passed("The tunnel's program runs.")
    if name is None:
        return failure(
            "The tunnel is `command`, but its command cannot be read.",
            "Set METERBASE_TUNNEL_COMMAND (or --tunnel-command) as you would write it in a shell.",
        )
    if not facts.tunnel.program_found:
        return failure(
            f"The tunnel's program {name} was not found.",
            "Install it, or give its full path in METERBASE_TUNNEL_COMMAND.",
        )
    return passed(f"The tunnel's program is {name}.")


def _findings(facts: Facts, agent: AgentFacts) -> Iterator[Finding | None]:
    # What `auto` lacks is no fault: the receiver works without a public address.
    missing = warning if facts.tunnel.provider is ProviderName.AUTO else failure
    if agent.install_to is not None and agent.problem is not None:
        yield missing(agent.problem.sentence, _offer(agent.problem, agent.install_to), _INSTALL)
    elif agent.problem is not None:
        yield missing(agent.problem.sentence, agent.problem.cure)
    elif agent.why_off is not None:
        sentence, _, cure = agent.why_off.partition(". ")
        yield missing(f"{sentence}.", cure or None)
    yield _version(facts)
    yield _proxy(agent)
    yield _service(facts)


def _offer(problem: Problem, target: str) -> str:
    return (
        f"{problem.cure} Or have it downloaded ({DOWNLOAD_SIZE}, from bin.ngrok.com) to {target}: "
        "`meterbase-tui tunnel install`."
    )


def _version(facts: Facts) -> Finding | None:
    version = facts.probes.agent_version if facts.probes else None
    if version is None:
        return None
    if isinstance(version, Problem):
        return failure(version.sentence, version.cure)
    if version < _ACCEPTED:
        return failure(
            f"The ngrok agent has version {version}, which ngrok's service no longer accepts.",
            _UPDATE,
        )
    if version < _SUPPORTED:
        return warning(
            f"The ngrok agent has version {version}; 3.30 is the oldest that ngrok supports.",
            _UPDATE,
        )
    return None


def _proxy(agent: AgentFacts) -> Finding | None:
    if agent.proxied_by is None or agent.path is None:
        return None
    return warning(
        f"{agent.proxied_by} makes the ngrok agent use a proxy, which free accounts may not.",
        f"If the tunnel fails with ERR_NGROK_9009, remove {agent.proxied_by}.",
    )


def _service(facts: Facts) -> Finding | None:
    reach = facts.probes.ngrok_service if facts.probes else None
    status = facts.tunnel.status
    if reach in (None, Reach.REACHED) or (status and status.state is TunnelState.ONLINE):
        return None
    why = (
        "its name is not known to the network"
        if reach is Reach.UNKNOWN_HOST
        else "no connection was made in time"
    )
    return warning(
        f"ngrok's service (connect.ngrok-agent.com, port 443) cannot be reached: {why}.",
        "Check the network, firewall and VPN; `ngrok diagnose` tells more.",
    )


def _found(facts: Facts, agent: AgentFacts) -> Finding:
    version = facts.probes.agent_version if facts.probes else None
    number = f" {version}" if version is not None and not isinstance(version, Problem) else ""
    return passed(
        f"The ngrok agent{number} is {agent.path} (by {agent.found_by}); its authtoken comes from "
        f"{agent.token_from}."
    )
