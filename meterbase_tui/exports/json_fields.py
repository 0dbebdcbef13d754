"""Records as JSON: the fields that programs rely on, in a fixed order.

Fields may be added; none is renamed or dropped. Times are ISO 8601 in UTC with a `Z`.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from receiver.billing.occupancy import describe_standing, is_doubtful, occupancy_of

if TYPE_CHECKING:
    from store.forwarding.forward_records import Forward, ForwardAttempt
    from store.records import (
        Change,
        ConnectionRecord,
        Content,
        Delivery,
        Event,
        Headers,
        LeaseRecord,
        Notification,
        Property,
        Resident,
        Unit,
    )
    from store.refreshes import Refresh

Fields: TypeAlias = dict[str, Any]

_DELIVERY = (
    "id", "received_at", "origin", "method", "path", "status", "verdict", "diagnosis",
    "explanation", "event_id", "duplicate", "event", "connection_id", "size", "ack_ms",
    "resource_type", "resource_id", "property_id", "replay_of", "state", "outcome", "reason",
    "requests",
)  # fmt: skip
_EVENT = (
    "id", "event", "resource_type", "resource_id", "connection_id", "property_id", "timestamp",
    "received_at", "state", "outcome", "reason", "error", "deliveries", "attempts", "processed_at",
)  # fmt: skip
_UNIT = (
    "connection_id", "unit_id", "property_id", "unit_number", "status", "sqft", "bedrooms",
    "bathrooms", "occupant_count", "lease", "missing_since", "updated_at", "last_event_id",
)  # fmt: skip
_LEASE = (
    "connection_id", "lease_id", "property_id", "unit_id", "status", "resident_name",
    "occupant_count", "start_date", "end_date", "last_event_id",
)  # fmt: skip
_RESIDENT = (
    "connection_id", "resident_id", "property_id", "unit_id", "lease_id", "name", "email", "phone",
    "last_event_id",
)  # fmt: skip
_REFRESH = (
    "event_id", "connection_id", "state", "asked_at", "started_at", "finished_at", "requests",
    "requests_expected", "units", "leases", "retries", "retry_at", "problem", "created", "changed",
    "missing", "served_by",
)  # fmt: skip
_CHANGE = (
    "id", "at", "event_id", "source", "connection_id", "property_id", "unit_id", "unit_number",
    "field", "old", "new", "affects_rubs",
)  # fmt: skip
_NOTIFICATION = (
    "id", "at", "kind", "text", "event_id", "connection_id", "property_id", "unit_id",
    "dismissed_at",
)  # fmt: skip
_PROPERTY = (
    "connection_id", "property_id", "name", "state", "units", "address", "refreshed_at",
)  # fmt: skip
_FORWARD = (
    "id", "delivery_id", "target", "connection_id", "state", "attempts", "due_at", "status", "ms",
    "error", "ended_at",
)  # fmt: skip
_CONNECTION = (
    "connection_id", "name", "registered", "events", "last_event_at", "last_sync_at",
)  # fmt: skip


def delivery_fields(delivery: Delivery) -> Fields:
    """A delivery."""
    return _pick(delivery, _DELIVERY)


def event_fields(event: Event) -> Fields:
    """An event."""
    return _pick(event, _EVENT)


def unit_fields(unit: Unit) -> Fields:
    """A unit with its current lease."""
    return _pick(unit, _UNIT) | {
        "lease": None if unit.lease is None else unit.lease._asdict(),
        "occupancy": occupancy_of(unit).value,
        "status_known": not is_doubtful(unit),
        "standing": describe_standing(unit, datetime.now(UTC).date()),
    }


def lease_fields(lease: LeaseRecord) -> Fields:
    """A lease that came as a record of its own."""
    return _pick(lease, _LEASE)


def resident_fields(resident: Resident) -> Fields:
    """A resident."""
    return _pick(resident, _RESIDENT)


def refresh_fields(refresh: Refresh) -> Fields:
    """A refresh after a sync; `seconds_left` is null where nothing tells."""
    left = refresh.seconds_left(datetime.now(UTC))
    return _pick(refresh, _REFRESH) | {"seconds_left": None if left is None else round(left, 1)}


def change_fields(change: Change) -> Fields:
    """A change."""
    return _pick(change, _CHANGE)


def notification_fields(notification: Notification) -> Fields:
    """A notification."""
    return _pick(notification, _NOTIFICATION)


def property_fields(record: Property) -> Fields:
    """A property."""
    return _pick(record, _PROPERTY)


def connection_fields(connection: ConnectionRecord) -> Fields:
    """A connection."""
    return _pick(connection, _CONNECTION)


def forward_fields(forward: Forward) -> Fields:
    """A delivery on its way to a forward target."""
    return _pick(forward, _FORWARD)


def attempt_fields(attempt: ForwardAttempt) -> Fields:
    """One request to a forward target, and what it answered."""
    return _pick(attempt, ("at", "status", "ms", "error", "size")) | bytes_fields(
        attempt.headers, attempt.body
    )


def content_fields(content: Content) -> Fields:
    """The headers and the body of a delivery."""
    return bytes_fields(content.headers, content.body) | {
        "body_complete": content.complete,
        "body_sha256": content.body_sha256.hex(),
    }


def bytes_fields(headers: Headers, body: bytes) -> Fields:
    r"""Headers and a body.

    A body that is not UTF-8 is given in base64 instead; bytes of a header that are not, as `\xff`.
    """
    try:
        text, encoded = body.decode("utf-8"), None
    except UnicodeDecodeError:
        text, encoded = None, base64.b64encode(body).decode("ascii")
    return {
        "headers": [
            [part.decode("utf-8", "backslashreplace") for part in header] for header in headers
        ],
        "body": text,
        "body_base64": encoded,
    }


def encode(fields: object, *, indent: int | None = None) -> str:
    """JSON in printable ASCII: nothing in it can act on a terminal, whatever came from outside."""
    separators = (",", ":") if indent is None else None
    return json.dumps(fields, default=_plain, indent=indent, separators=separators)


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with a `Z`; a fraction of a second only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _pick(record: object, names: tuple[str, ...]) -> Fields:
    return {name: _value(getattr(record, name)) for name in names}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.value if isinstance(value, Enum) else value


def _plain(value: object) -> object:
    """For what stands deeper inside of a document."""
    if isinstance(value, datetime):
        return instant(value)
    return str(value)
