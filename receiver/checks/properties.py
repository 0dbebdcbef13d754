"""Is every property linked whose events arrive?"""

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
from store.records import PropertyState, Reason

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import IgnoredGroup, Registry, Statistics


def check_properties(facts: Facts) -> Check:
    """Whether events are logged without being processed, for want of a linked property."""
    log = facts.log
    if log is None:
        return conclude(CheckName.PROPERTIES, [], no_log(facts))
    ignored = [each for each in log.ignored if each.reason is Reason.UNLINKED_PROPERTY]
    named = [each for each in ignored if each.property_id is not None]
    nameless = [each for each in ignored if each.property_id is None]
    findings = (
        _unlinked(facts, named),
        _review(log.registry),
        _nameless(nameless),
        _missing_units(facts),
    )
    return conclude(CheckName.PROPERTIES, findings, _well(log))


def _well(log: Statistics) -> Finding:
    linked = log.registry.properties.get(PropertyState.LINKED, 0)
    unlinked = log.registry.properties.get(PropertyState.UNLINKED, 0)
    linked_words = "1 property is linked" if linked == 1 else f"{linked:,} properties are linked"
    if unlinked:
        return passed(f"{linked_words}; none of the events of {unlinked:,} unlinked waits.")
    return passed(f"{linked_words}.")


def _unlinked(facts: Facts, groups: list[IgnoredGroup]) -> Finding | None:
    if not groups:
        return None
    first = groups[0]
    named = [
        f"{short(each.property_id)} of {short(each.connection_id)} ({count(each.count, 'event')})"
        for each in groups
    ]
    latest = max(groups, key=lambda each: each.newest_id)
    return warning(
        f"Events of properties that are not linked are logged but not processed: {listed(named)}; "
        f"the latest is event {latest.newest_id}, {ago(latest.last_at, facts.now)}.",
        f"Run `{_link(first.connection_id, first.property_id)}`: it brings in what was ignored.",
        Action(
            ActionKind.LINK_PROPERTY,
            connection_id=first.connection_id,
            property_id=first.property_id,
        ),
    )


def _link(connection_id: str | None, property_id: str | None) -> str:
    return (
        f"meterbase-tui properties link {argument(property_id, 'ID')} --connection "
        f"{argument(connection_id, 'ID')}"
    )


def _review(registry: Registry) -> Finding | None:
    waiting = registry.properties.get(PropertyState.REVIEW, 0)
    if not registry.in_review:
        return None
    connection_id, property_id = registry.in_review[0]
    named = [short(name) for _, name in registry.in_review]
    return warning(
        f"{'1 property waits' if waiting == 1 else f'{waiting:,} properties wait'} for a decision: "
        f"{listed(named)}.",
        f"Link it with `{_link(connection_id, property_id)}`, or set it aside with `properties "
        "unlink`.",
        Action(ActionKind.LINK_PROPERTY, connection_id=connection_id, property_id=property_id),
    )


def _nameless(groups: list[IgnoredGroup]) -> Finding | None:
    if not groups:
        return None
    newest = max(each.newest_id for each in groups)
    return warning(
        f"{count(sum(each.count for each in groups), 'event')} name no property, and no record "
        f"that they refer to is known; the latest is event {newest}.",
        "Once the unit or lease has arrived, run `meterbase-tui reprocess --ignored`.",
        Action(ActionKind.SHOW_EVENT, event_id=newest),
    )


def _missing_units(facts: Facts) -> Finding | None:
    missing = facts.log.missing_units if facts.log else None
    if missing is None or not missing.count:
        return None
    since = f", the first {ago(missing.since, facts.now)}" if missing.since else ""
    return warning(
        f"{count(missing.count, 'unit', limit=1_000)} were not in the property management system "
        f"any more at the last refresh{since}; they are kept, and marked as missing.",
        "Look at them with `meterbase-tui units`; if they exist, start a sync in Propexo's "
        "dashboard.",
    )
