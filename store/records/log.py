"""What is in the log: deliveries with their content, and the events that they brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from store.records.arrivals import Headers
    from store.records.words import EventState, Origin, Outcome, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One HTTP request that reached the receiver, accepted or refused."""

    id: int
    received_at: datetime
    origin: Origin
    method: str
    path: str
    status: int
    verdict: Verdict
    diagnosis: str | None
    explanation: str | None
    event_id: int | None
    duplicate: bool
    event: str | None
    connection_id: str | None
    resource_type: str | None
    resource_id: str | None
    property_id: str | None
    size: int
    ack_ms: float | None
    """From the request's arrival to its answer, in milliseconds; None until it is known."""
    replay_of: int | None
    state: EventState | None
    """How far its event has come; None when the delivery made or repeated none."""
    outcome: Outcome | None
    reason: Reason | None
    requests: int = 1
    """How many it stands for: in a flood of refusals one is kept, and the others are counted."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a delivery."""

    headers: Headers
    body: bytes
    size: int
    body_sha256: bytes

    @property
    def complete(self) -> bool:
        """Whether the whole body was kept; of a refused delivery it may be its beginning only."""
        return len(self.body) == self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened at Propexo. Its id is that of the delivery that brought it first."""

    id: int
    event: str
    resource_type: str | None
    resource_id: str | None
    connection_id: str | None
    property_id: str | None
    timestamp: datetime
    received_at: datetime
    state: EventState
    outcome: Outcome | None
    reason: Reason | None
    error: str | None
    deliveries: int
    """How often it was delivered, replays included."""
    attempts: int
    processed_at: datetime | None
