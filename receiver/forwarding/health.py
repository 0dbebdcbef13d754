"""How a target is, in one word and a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from receiver.forwarding.answer import SLOW_MS

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.forwarding.answer import Answer


class TargetState(StrEnum):
    """How a target answers."""

    #: Nothing was sent yet.
    IDLE = "idle"
    UP = "up"
    #: It takes what it gets, but later than Propexo would wait.
    SLOW = "slow"
    #: It is there, and does not take what it gets.
    FAILING = "failing"
    #: It accepts no connection; everything waits.
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHealth:
    """A target at one moment; may be read from any thread."""

    url: str
    state: TargetState = TargetState.IDLE
    since: datetime
    """When it came into this state, in UTC."""
    waiting: int = 0
    held: int = 0
    """From before, and more than is sent without asking."""
    failed: int = 0
    status: int | None = None
    """Of the last answer."""
    ms: float | None = None
    problem: str | None = None
    """Why the last delivery was not taken, as a sentence's end."""


def state_after(answer: Answer) -> TargetState:
    """What the last answer says of a target."""
    if answer.absent:
        return TargetState.DOWN
    if not answer.delivered:
        return TargetState.FAILING
    return TargetState.SLOW if answer.ms >= SLOW_MS else TargetState.UP
