"""The envelope: what every event says of itself, whatever happened.

The published description says that all payloads share one envelope, and its own examples of
`sync.complete` and `test.ping` leave parts of it out. So: `event` and `timestamp` always;
`connection_id` for all but `test.ping`; `resource_type` and `data` with an id for `data.*`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from receiver.judging.strict_json import identify
from store.records import EventFacts

if TYPE_CHECKING:
    from store.records import Json

PING = "test.ping"
DATA_PREFIX = "data."
_EVENT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MAX_CONNECTION = 256
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_USUAL_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|\+00:00)", re.ASCII
)


class InvalidEnvelopeError(ValueError):
    """A JSON body that is no event; `str()` names the field and what it must be."""


def read_envelope(body: Json, identity: bytes | None = None) -> EventFacts:
    """What an event says of itself, and its identity.

    Args:
        body: the parsed body.
        identity: what `strict_json.identify` gives of it, where that is known already.

    Raises:
        InvalidEnvelopeError: a required field is missing or makes no sense.
        InvalidJsonError: a text in the body cannot be written as UTF-8.
    """
    if not isinstance(body, dict):
        raise InvalidEnvelopeError("the body must be a JSON object")
    event = _text(body, "event")
    if not _EVENT.fullmatch(event):
        raise InvalidEnvelopeError("event must be 1 to 64 letters, digits, dots, dashes or _")
    timestamp = parse_timestamp(_text(body, "timestamp"))
    connection_id = None if event == PING else _connection(body)
    resource_type = resource_id = property_id = None
    if event.startswith(DATA_PREFIX):
        resource_type = _text(body, "resource_type")
        data = body.get("data")
        if not isinstance(data, dict):
            raise InvalidEnvelopeError("data must be an object")
        resource_id = _text(data, "id", within="data.")
        property_id = _property(resource_type, resource_id, data)
    return EventFacts(
        identify(body) if identity is None else identity,
        event,
        timestamp,
        connection_id,
        resource_type,
        resource_id,
        property_id,
    )


def parse_timestamp(text: str) -> datetime:
    """An RFC 3339 instant with a zone, in UTC.

    Digits beyond microseconds are cut; a leap second becomes the last microsecond before it.

    Raises:
        InvalidEnvelopeError: it has no zone, no such day or time, or is no instant of the years
            1 to 9999 in UTC.
    """
    if _USUAL_TIMESTAMP.fullmatch(text):
        # It takes a fifth of the time, and cuts digits as is done below.
        return _read_usual(text)
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        raise InvalidEnvelopeError(
            "timestamp must be an RFC 3339 date and time with a zone, like 2026-03-25T14:30:00Z"
        )
    *numbers, fraction, zone = found.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    if second == 60:  # noqa: PLR2004 - RFC 3339 §5.7: a leap second
        second, micros = 59, 999_999
    try:
        local = datetime(year, month, day, hour, minute, second, micros, tzinfo=_zone(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidEnvelopeError("timestamp is not a day and time that exists") from None


def _read_usual(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidEnvelopeError("timestamp is not a day and time that exists") from None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59:  # noqa: PLR2004
        raise ValueError("an hour has 60 minutes")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _text(container: dict[str, Any], name: str, *, within: str = "") -> str:
    value = container.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidEnvelopeError(f"{within}{name} must be a text that is not empty")
    return value


def _connection(body: dict[str, Any]) -> str:
    connection_id = _text(body, "connection_id")
    if len(connection_id) > _MAX_CONNECTION or not connection_id.isprintable():
        raise InvalidEnvelopeError(
            f"connection_id must be at most {_MAX_CONNECTION} printable characters"
        )
    return connection_id


def _property(resource_type: str, resource_id: str, data: dict[str, Any]) -> str | None:
    if resource_type == "property":
        return resource_id
    property_id = data.get("property_id")
    return property_id if isinstance(property_id, str) and property_id else None
