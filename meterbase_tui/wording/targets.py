"""Forward targets in words, for the status line, `listen` and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.wording.values import duration
from receiver.forwarding.health import TargetHealth, TargetState

if TYPE_CHECKING:
    from meterbase_tui.exports.json_fields import Fields

_WORDS = {
    TargetState.IDLE: "nothing was sent yet",
    TargetState.UP: "takes deliveries",
    TargetState.SLOW: "takes deliveries, but later than Propexo would wait (5 s)",
    TargetState.FAILING: "does not take deliveries",
    TargetState.DOWN: "is not there; everything waits for it",
}


def describe_target(health: TargetHealth) -> str:
    """A target's state as a sentence. It quotes an address, which is foreign text."""
    words = f"Forward target {health.url} {_WORDS[health.state]}"
    if health.problem:
        words += f": {health.problem}"
    elif health.ms is not None:
        words += f" ({health.status} in {duration(health.ms)})"
    if health.held:
        words += (
            f". {health.held:,} deliveries from before are held, more than --max-backlog: "
            "`meterbase-tui forwards release` sends them, `forwards drop` gives them up"
        )
    return f"{words}."


def describe_queue(health: TargetHealth) -> str:
    """What is open at a target, in a few words; empty for nothing."""
    parts = (
        (health.waiting, "waiting"),
        (health.held, "held"),
        (health.failed, "failed"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in parts if count)


def target_fields(health: TargetHealth) -> Fields:
    """A target as JSON."""
    return {
        "target": health.url,
        "state": health.state.value,
        "status": health.status,
        "ms": health.ms,
        "problem": health.problem,
        "waiting": health.waiting,
        "held": health.held,
        "failed": health.failed,
    }
