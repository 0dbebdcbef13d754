"""The words of the published contract that a field may have."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of signature verification."""

    VALID = "valid"
    INVALID = "invalid"
    MISSING = "missing"
    #: Refused before the signature could be checked: wrong path or method, too large, too slow.
    NOT_CHECKED = "not_checked"

    @property
    def failed(self) -> bool:
        """Whether the signature was checked, and none was there that fits."""
        return self in (Verdict.INVALID, Verdict.MISSING)


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
