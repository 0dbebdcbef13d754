"""Does something listen where deliveries are to be passed on to?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, passed, skipped, warning
from receiver.checks.facts import TargetState

if TYPE_CHECKING:
    from receiver.checks.check import Check
    from receiver.checks.facts import Facts

_WORDS = {
    TargetState.REFUSED: "refuses connections: nothing listens there",
    TargetState.UNKNOWN_HOST: "cannot be found: its host name is not known",
    TargetState.SILENT: "did not accept a connection within 1 s",
}


def check_forward_target(facts: Facts) -> Check:
    """Whether the application under development is up."""
    target = facts.forward
    if target is None:
        finding = skipped("Nothing is passed on: no --forward-to is set.")
    elif target.state is TargetState.OPEN:
        finding = passed(f"Something listens at {target.url}.")
    else:
        finding = warning(
            f"{target.url} {_WORDS[target.state]}.",
            "Start your application, or correct --forward-to (METERBASE_FORWARD_TO).",
        )
    return conclude(CheckName.FORWARD_TARGET, [], finding)
