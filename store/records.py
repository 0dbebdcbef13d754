"""The vocabulary of the house: what a delivery, an event, a unit and a change are.

Frozen dataclasses, enumerations, and tuples with names for what every request makes: a tuple takes
a third of the time. No SQL, no I/O. The words are those of the published
contract, so that a field has one name in the store, on the screen and in the JSON output.

Instants are aware `datetime` objects in UTC; ids of records are the sender's own texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
"""A parsed JSON value."""

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""HTTP headers as they came: (name, value) pairs of raw bytes, order and repetition kept."""


class Verdict(StrEnum):
    """The outcome of signature verification."""

    VALID = "valid"
    INVALID = "invalid"
    MISSING = "missing"
    #: Refused before the signature could be checked: wrong path or method, too large, too slow.
    NOT_CHECKED = "not_checked"


class Origin(StrEnum):
    """Who sent a delivery."""

    NETWORK = "network"
    REPLAY = "replay"
    SAMPLE = "sample"


class EventState(StrEnum):
    """How far an event has come."""

    PENDING = "pending"
    PROCESSING = "processing"
    PROCESSED = "processed"
    #: Logged and, on purpose, not processed; `Event.reason` says why.
    IGNORED = "ignored"
    #: Set aside; `Event.error` says why, and `reprocess` tries again.
    FAILED = "failed"


class Outcome(StrEnum):
    """What processing an event did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FLAGGED_FOR_REVIEW = "flagged_for_review"
    REFRESHED = "refreshed"
    SKIPPED = "skipped"
    ACKNOWLEDGED = "acknowledged"


class Reason(StrEnum):
    """Why an event was ignored."""

    UNKNOWN_CONNECTION = "unknown_connection"
    UNLINKED_PROPERTY = "unlinked_property"
    UNSUPPORTED_EVENT = "unsupported_event"
    UNSUPPORTED_RESOURCE_TYPE = "unsupported_resource_type"
    STALE = "stale"


class PropertyState(StrEnum):
    """Whether events of a property are processed."""

    LINKED = "linked"
    #: New at the sender; a person decides whether to link it.
    REVIEW = "review"
    UNLINKED = "unlinked"


class ChangeSource(StrEnum):
    """What found a change."""

    EVENT = "event"
    REFRESH = "refresh"


class Occupancy(StrEnum):
    """Who bears a unit's share of a bill."""

    OCCUPIED = "occupied"
    VACANT = "vacant"
    #: A model, an office, a unit that is down: a person decides.
    SPECIAL = "special"
    #: Never taken for vacant.
    UNKNOWN = "unknown"


class NotificationKind(StrEnum):
    """What a person should look at."""

    RUBS = "rubs"
    PROPERTY_REVIEW = "property_review"
    DRIFT = "drift"
    REFRESH = "refresh"


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


class Receipt(NamedTuple):
    """What committing an `Arrival` gave: its number, and the event that it made or repeated."""

    delivery_id: int
    event_id: int | None
    duplicate: bool


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


class Lease(NamedTuple):
    """The terms of a lease. As a unit's current lease its id may be unknown."""

    lease_id: str | None = None
    status: str | None = None
    resident_name: str | None = None
    occupant_count: int | None = None
    start_date: str | None = None
    """An ISO 8601 date."""
    end_date: str | None = None
    """An ISO 8601 date; None for month to month."""


class Unit(NamedTuple):
    """A unit as the last applied event or refresh left it, keyed by (connection, unit)."""

    connection_id: str
    unit_id: str
    property_id: str | None = None
    unit_number: str | None = None
    status: str | None = None
    sqft: int | float | None = None
    bedrooms: int | float | None = None
    bathrooms: int | float | None = None
    lease: Lease | None = None
    occupancy: Occupancy | None = None
    """What the last status that is known told; one that is not known leaves it as it was."""
    missing_since: datetime | None = None
    """When a refresh found that the sender no longer lists it."""
    updated_at: datetime | None = None
    last_event_id: int | None = None
    applied_at: datetime | None = None
    """The sender's timestamp of what was last applied: anything older is stale."""

    @property
    def occupant_count(self) -> int | None:
        """The occupants of the current lease, where it says."""
        return self.lease.occupant_count if self.lease else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """A lease that was delivered as a record of its own, keyed by (connection, lease)."""

    connection_id: str
    lease_id: str
    property_id: str | None = None
    unit_id: str | None = None
    status: str | None = None
    resident_name: str | None = None
    occupant_count: int | None = None
    start_date: str | None = None
    end_date: str | None = None
    applied_at: datetime | None = None
    last_event_id: int | None = None

    @property
    def terms(self) -> Lease:
        """The lease as a unit holds it."""
        return Lease(
            lease_id=self.lease_id,
            status=self.status,
            resident_name=self.resident_name,
            occupant_count=self.occupant_count,
            start_date=self.start_date,
            end_date=self.end_date,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A resident: kept for reference, never a cause of a bill's change by itself."""

    connection_id: str
    resident_id: str
    property_id: str | None = None
    unit_id: str | None = None
    lease_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    applied_at: datetime | None = None
    last_event_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A building, keyed by (connection, property)."""

    connection_id: str
    property_id: str
    name: str | None = None
    address: str | None = None
    state: PropertyState = PropertyState.UNLINKED
    units: int = 0
    """How many units of it the store knows."""
    refreshed_at: datetime | None = None
    """As of when, by the sender's clock, a refresh last saw all of its units and leases."""
    applied_at: datetime | None = None
    last_event_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRecord:
    """A Propexo connection, registered or only seen."""

    connection_id: str
    name: str | None = None
    registered: bool = False
    events: int = 0
    last_event_at: datetime | None = None
    last_sync_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one unit, or of its lease, with its old and new value."""

    id: int
    at: datetime
    event_id: int | None
    source: ChangeSource
    connection_id: str
    property_id: str | None
    unit_id: str
    unit_number: str | None
    field: str
    old: Json
    new: Json
    affects_rubs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Something a person should look at."""

    id: int
    at: datetime
    kind: NotificationKind
    text: str
    event_id: int | None
    connection_id: str | None
    property_id: str | None
    unit_id: str | None
    dismissed_at: datetime | None = None
    """When a person had seen enough of it; None while nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A full synchronisation that Propexo reported as finished."""

    connection_id: str
    sync_id: str | None
    event_id: int
    at: datetime
    stats: Mapping[str, Json] = field(default_factory=dict)
