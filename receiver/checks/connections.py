"""Does every connection that sends events belong to somebody?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    passed,
    warning,
)
from receiver.checks.recent import no_log
from receiver.checks.wording import ago, argument, count, listed, short
from store.records import Reason

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import IgnoredGroup, Registry


def check_connections(facts: Facts) -> Check:
    """Whether events are logged without being processed, for want of a registration."""
    log = facts.log
    if log is None:
        return conclude(CheckName.CONNECTIONS, [], no_log(facts))
    ignored = [each for each in log.ignored if each.reason is Reason.UNKNOWN_CONNECTION]
    known = {each.connection_id for each in log.registry.connections if each.registered}
    unknown = [each for each in ignored if each.connection_id not in known]
    left = [each for each in ignored if each.connection_id in known]
    findings = (_unregistered(facts, unknown), _left_over(left), _none(log.registry))
    return conclude(CheckName.CONNECTIONS, findings, _well(log.registry))


def _well(registry: Registry) -> Finding:
    silent = sum(not each.registered for each in registry.connections)
    words = f"{count(registry.registered, 'connection')} registered."
    if silent:
        words += f" {count(silent, 'other')} seen, none of whose events waits."
    return passed(words)


def _none(registry: Registry) -> Finding | None:
    if registry.registered:
        return None
    return warning(
        "No connection is registered, so no event is processed.",
        "Run `meterbase-tui connections add ID` with the connection id of Propexo's dashboard.",
    )


def _unregistered(facts: Facts, groups: list[IgnoredGroup]) -> Finding | None:
    if not groups:
        return None
    merged = _by_connection(groups)
    named = [f"{short(name)} ({count(events, 'event')})" for name, events in merged]
    latest = max(groups, key=lambda each: each.newest_id)
    first = merged[0][0]
    return warning(
        f"Events of {'connections' if len(merged) > 1 else 'a connection'} that "
        f"{'are' if len(merged) > 1 else 'is'} not registered are logged, but not processed: "
        f"{listed(named)}; the latest is event {latest.newest_id}, "
        f"{ago(latest.last_at, facts.now)}.",
        f"If it is yours, run `meterbase-tui connections add {argument(first, 'ID')}`, then "
        "`meterbase-tui reprocess --ignored`.",
        Action(ActionKind.REGISTER_CONNECTION, connection_id=first),
    )


def _left_over(groups: list[IgnoredGroup]) -> Finding | None:
    if not groups:
        return None
    merged = _by_connection(groups)
    named = [f"{short(name)} ({count(events, 'event')})" for name, events in merged]
    return warning(
        f"Events from before the connection was registered are still ignored: {listed(named)}.",
        "Run `meterbase-tui reprocess --ignored`.",
        Action(ActionKind.REPROCESS_IGNORED),
    )


def _by_connection(groups: list[IgnoredGroup]) -> list[tuple[str | None, int]]:
    """Each connection with its ignored events, the most first."""
    counts: dict[str | None, int] = {}
    for group in groups:
        counts[group.connection_id] = counts.get(group.connection_id, 0) + group.count
    return sorted(counts.items(), key=lambda each: -each[1])
