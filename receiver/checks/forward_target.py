"""Does the application under development take what it is passed on?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    passed,
    skipped,
    warning,
)
from receiver.checks.facts import TargetState
from receiver.checks.wording import ago, count, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts, ForwardFacts

_SLOW_MS = 5_000.0
_WORDS = {
    TargetState.REFUSED: "refuses connections: nothing listens there",
    TargetState.UNKNOWN_HOST: "cannot be found: its host name is not known",
    TargetState.SILENT: "did not accept a connection within 1 s",
}
_RETRY = Action(ActionKind.RETRY_FORWARDS)


def check_forward_target(facts: Facts) -> Check:
    """Whether the application is up, and whether something failed there or waits."""
    target = facts.forward
    if target is None:
        nothing = skipped("Nothing is passed on: no --forward-to is set.")
        return conclude(CheckName.FORWARD_TARGET, [], nothing)
    return conclude(CheckName.FORWARD_TARGET, _findings(facts, target), _well(facts, target))


def _findings(facts: Facts, target: ForwardFacts) -> Iterator[Finding]:
    totals = target.totals
    if target.state is not TargetState.OPEN:
        waiting = f" {count(totals.waiting, 'delivery', 'deliveries')} waiting." if totals else ""
        yield warning(
            f"{target.url} {_WORDS[target.state]}.{waiting}",
            "Start your application, or correct --forward-to (METERBASE_FORWARD_TO); what waits is "
            "sent when it is back.",
        )
    if totals is None:
        return
    if totals.failed:
        yield warning(
            f"{count(totals.failed, 'delivery', 'deliveries')} failed at {target.url}"
            f"{_last(facts, target)}.",
            "Mend your application, then pass them on again: `meterbase-tui forwards retry`.",
            _RETRY,
        )
    if totals.held:
        yield warning(
            f"{count(totals.held, 'delivery', 'deliveries')} from before held, more than "
            "--max-backlog.",
            "`meterbase-tui forwards release` sends them, `forwards drop` gives them up.",
            _RETRY,
        )
    if totals.last is not None and totals.last.ms >= _SLOW_MS:
        yield warning(
            f"The last answer of {target.url} took {milliseconds(totals.last.ms)}: Propexo would "
            "not have waited for it.",
            "Acknowledge first in your application, and process afterwards.",
        )


def _last(facts: Facts, target: ForwardFacts) -> str:
    last = target.totals.last if target.totals else None
    if last is None or last.error is None:
        return ""
    return f"; the last time, {ago(last.at, facts.now)}, {last.error}"


def _well(facts: Facts, target: ForwardFacts) -> Finding:
    last = target.totals.last if target.totals else None
    if last is None:
        return passed(f"Something listens at {target.url}. Nothing was passed on to it yet.")
    return passed(
        f"{target.url} took the last delivery {ago(last.at, facts.now)}, in "
        f"{milliseconds(last.ms)}."
    )
