"""The vocabulary of forwarding: what was passed on to an application, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from store.records import Headers


class ForwardState(StrEnum):
    """How far a delivery has come on its way to a target."""

    #: It will be sent, in its turn.
    WAITING = "waiting"
    #: It is older than this run and there are many like it: somebody has to say what to do.
    HELD = "held"
    #: The target answered 2xx. It is never sent again by itself.
    DELIVERED = "delivered"
    #: Refused for good, or tried in vain as often as is allowed; it can be sent anew.
    FAILED = "failed"
    #: Somebody said that it is not to be sent.
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """One delivery on its way to one target."""

    id: int
    delivery_id: int
    target: str
    connection_id: str | None
    state: ForwardState
    attempts: int
    due_at: datetime | None
    """Not before; None once it has ended."""
    status: int | None
    """Of the last answer; None while there was none."""
    ms: float | None
    """How long the last attempt took, in milliseconds."""
    error: str | None
    """Why the last attempt did not succeed, as a sentence."""
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardAttempt:
    """One request to a target, and what came back."""

    at: datetime
    status: int | None = None
    ms: float
    error: str | None = None
    headers: Headers = field(default=(), repr=False)
    """Of the answer, in the order in which they came; bounded."""
    body: bytes = field(default=b"", repr=False)
    """The beginning of the answer's body."""
    size: int = 0
    """The answer's body as far as it was read, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTotals:
    """What is on its way to a target, and what did not arrive."""

    waiting: int = 0
    held: int = 0
    failed: int = 0
    oldest_waiting: datetime | None = None
    """When the oldest delivery that waits was received."""
    last: ForwardAttempt | None = None
    """The newest attempt, without headers and body."""
