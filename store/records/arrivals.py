"""What comes in: a request on its way to the store, and what committing it gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from store.records.words import Origin, Verdict


Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
"""A parsed JSON value."""

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""HTTP headers as they came: (name, value) pairs of raw bytes, order and repetition kept."""


class EventFacts(NamedTuple):
    """What an accepted body says of itself: its envelope, and the identity of all of it."""

    identity: bytes
    """SHA-256 of the canonical form of the parsed body, 32 bytes."""
    event: str
    timestamp: datetime
    connection_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    property_id: str | None = None


class Arrival(NamedTuple):
    """One HTTP request, judged and ready to be written down, before it has a number."""

    received_at: datetime
    origin: Origin
    method: str
    path: str
    status: int
    """The HTTP status that will be answered once this is on disk."""
    verdict: Verdict
    headers: Headers
    body: bytes
    """The body as it came; of a refused delivery at most the first bytes, see `size`."""
    size: int
    """The true length of the body in bytes, as far as it was read."""
    body_sha256: bytes
    """Over the whole body that was read, also when `body` holds only its beginning."""
    explanation: str | None = None
    """Why it was refused, where that is known at once."""
    replay_of: int | None = None
    facts: EventFacts | None = None
    """Set for an accepted delivery only: it is what makes an event."""
    requests: int | None = None
    """How many requests were refused like this one and only counted, with it; None for itself."""


class Receipt(NamedTuple):
    """What committing an `Arrival` gave: its number, and the event that it made or repeated."""

    delivery_id: int
    event_id: int | None
    duplicate: bool
