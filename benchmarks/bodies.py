"""Signed webhooks to send: distinct, of a documented form and size, prepared before they count."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTION, PROPERTY = "conn_abc123", "prop_001"
"""A new store knows them, so that processing has all of its work to do."""
UNITS = 1_200
"""As many as a large building has; each webhook is about the next of them."""
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_TEMPLATE = (
    '{"event": "data.update", "timestamp": "%s", "connection_id": "conn_abc123",'
    ' "resource_type": "unit", "data": {"id": "unit_%06d", "property_id": "prop_001",'
    ' "unit_number": "%d", "sqft": %d, "bedrooms": 2, "bathrooms": 1, "status": "occupied",'
    ' "current_lease": {"id": "lease_%06d", "resident_name": "Jordan Example",'
    ' "occupant_count": %d, "start_date": "2026-01-01", "end_date": "2026-12-31"}},'
    ' "changes": {"sqft": {"old": %d, "new": %d}}, "note": "%s"}'
)
_NOTE = "A body of the size that a property management system sends for a unit with its lease."


def make_body(number: int, units: int = UNITS) -> bytes:
    """The body of a unit's update, some 600 bytes; another number makes another event.

    Of a unit, a higher number is newer, so that none is stale, and changes what its share of a
    bill is made of. It says what was there before, as Propexo does: were it wrong, each would be
    told as an event after one that was missed.

    Args:
        number: which.
        units: how many units the building has.
    """
    unit = number % units
    at = (_BEGIN + timedelta(milliseconds=number)).isoformat(timespec="milliseconds")
    before, sqft = _area(number - units), _area(number)
    values = (at, unit, 100 + unit, sqft, unit, 1 + number % 4, before, sqft, _NOTE)
    return (_TEMPLATE % values).encode("ascii")


def _area(number: int) -> int:
    return 900 + number % 500


def make_requests(
    host: str, path: str, secret: bytes, first: int, *, forged: bool = False
) -> Iterator[bytes]:
    """HTTP requests without end, each a webhook with its signature, or with a wrong one.

    Args:
        host: the value of the `Host` header.
        path: where it is posted to.
        secret: what it is signed with.
        first: the number of the first body.
        forged: whether the signature is of another body.
    """
    template = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        "User-Agent: Propexo-Webhooks\r\nContent-Length: %d\r\n"
        "X-Propexo-Signature: sha256=%s\r\n\r\n"
    )
    number = first
    while True:
        body = make_body(number)
        signed = body[:-1] if forged else body
        digest = hmac.new(secret, signed, hashlib.sha256).hexdigest()
        yield (template % (len(body), digest)).encode("ascii") + body
        number += 1
