"""Is the tunnel up, and did everything that reached it reach us?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.agent import cure_off, cure_problem
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
from receiver.checks.wording import ago, count, span
from receiver.tunnel.problems import passes
from receiver.tunnel.status import ProviderName, TunnelState

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from receiver.tunnel import TunnelStatus

_LONGEST_START_S = 40.0
_RESTART = Action(ActionKind.RESTART_TUNNEL)


def check_tunnel(facts: Facts) -> Check:
    """Whether requests to the public address are passed on."""
    status = facts.tunnel.status
    state = _unknown(facts) if status is None else _state(facts, status)
    return conclude(CheckName.TUNNEL, [state, _gap(facts)], state)


def _unknown(facts: Facts) -> Finding:
    if facts.tunnel.provider is ProviderName.NONE:
        return _off(facts, None)
    if facts.receiver.running:
        return skipped("The receiver of the other process does not say how its tunnel is.")
    return skipped("No receiver runs, so there is no tunnel.")


def _state(facts: Facts, status: TunnelStatus) -> Finding:
    if status.state is TunnelState.OFF:
        return _off(facts, status.why_off)
    if status.state is TunnelState.ONLINE:
        since = span(facts.now - status.since)
        return passed(f"It is online by `{status.provider}` for {since}: {status.public_url}.")
    if status.problem is not None:
        return _troubled(facts, status)
    waited = (facts.now - status.since).total_seconds()
    if waited > _LONGEST_START_S:
        return warning(
            f"It has been {status.state} for {span(waited)}.", "Restart the tunnel.", _RESTART
        )
    return skipped(f"It is {status.state}.")


def _off(facts: Facts, why_off: str | None) -> Finding:
    if why_off is None:
        return skipped("No tunnel is asked for, so only this computer can reach the receiver.")
    return skipped(f"{why_off.partition('. ')[0]}.", cure_off(facts, why_off))


def _troubled(facts: Facts, status: TunnelStatus) -> Finding:
    problem = status.problem
    assert problem is not None
    since = f" (for {span(facts.now - status.since)})"
    words = f"It is {status.state}{since}: {problem.sentence}"
    # What passes by itself lies outside; only what waits for a person is a failure.
    by_itself = status.state is not TunnelState.FAILED or passes(problem, was_online=False)
    return (warning if by_itself else failure)(words, cure_problem(facts, problem), _RESTART)


def _gap(facts: Facts) -> Finding | None:
    gap = facts.probes.gap if facts.probes else None
    if gap is None or not gap.missed:
        return None
    latest = f", the latest {ago(gap.last_at, facts.now)}" if gap.last_at else ""
    return warning(
        f"{count(gap.missed, 'request')} reached the tunnel's agent but not this receiver{latest}: "
        "it was stopped, or too busy to answer.",
        "Recover them into the log as they came (`meterbase-tui tunnel recover`); Propexo also "
        "delivers them again by itself, within 27 hours.",
        Action(ActionKind.RECOVER_REQUESTS),
    )
