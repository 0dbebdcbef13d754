"""Does the sender tell of another past than is known here? Then an event was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import Action, ActionKind, CheckName, conclude, passed, warning
from receiver.checks.recent import RECENT, RECENTLY, no_log
from receiver.checks.wording import ago, count

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts


def check_drift(facts: Facts) -> Check:
    """Whether units here and at the sender went apart, as far as events tell."""
    if facts.log is None:
        return conclude(CheckName.DRIFT, [], no_log(facts))
    return conclude(
        CheckName.DRIFT,
        [_drifted(facts), _out_of_order(facts)],
        passed(f"No event contradicted what is known here {RECENTLY}."),
    )


def _drifted(facts: Facts) -> Finding | None:
    log = facts.log
    if log is None or not (recent := [d for d in log.drift if facts.now - d.at < RECENT]):
        return None
    newest = recent[0]
    show = Action(ActionKind.SHOW_EVENT, event_id=newest.event_id) if newest.event_id else None
    return warning(
        f"{count(len(recent), 'event')} told of another past than the one that is known here, the "
        f"latest {ago(newest.at, facts.now)}: {newest.text}",
        "An event was probably missed. Let Propexo sync the connection: a sync.complete refreshes "
        "every unit of it.",
        show,
    )


def _out_of_order(facts: Facts) -> Finding | None:
    stale = facts.log.ends.newest_stale_id if facts.log else None
    if stale is None:
        return None
    return passed(
        f"Event {stale} was older than what was in force, and was not applied: a retry came after "
        "a newer event.",
        f"Nothing to do; `meterbase-tui reprocess {stale} --force` applies it all the same.",
        Action(ActionKind.SHOW_EVENT, event_id=stale),
    )
