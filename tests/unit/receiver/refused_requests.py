"""Requests whose signature does not match, and the digests that they might have had."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING

from receiver.diagnosis import Diagnosis, diagnose
from receiver.judging.signing import Secrets

if TYPE_CHECKING:
    from store.records import Headers

CURRENT = b"whk_2f1c9a7be0d84635a1b2c3d4e5f60718"
PREVIOUS = b"whk_previous_90ab12cd34ef5678"
SECRETS = Secrets(CURRENT, PREVIOUS)
BODY = (
    b'{"event": "data.update", "timestamp": "2026-03-25T15:00:00Z", "connection_id": "conn_abc123",'
    b' "resource_type": "unit", "data": {"id": "unit_xyz789", "url": "https://x/y", "sqft": 950,'
    b' "resident_name": "Jos\xc3\xa9 & <Co>"}}'
)
VALUE = json.loads(BODY)


def headers(value: str | bytes, name: str = "X-Propexo-Signature") -> Headers:
    """Those of a request with this value of the signature header."""
    raw = value if isinstance(value, bytes) else value.encode()
    return ((b"Host", b"localhost"), (name.encode(), raw), (b"Content-Length", b"9"))


def told(value: str | bytes, body: bytes = BODY, secrets: Secrets = SECRETS) -> Diagnosis:
    """The diagnosis of a request; there has to be one."""
    diagnosis = diagnose(headers(value), body, secrets, budget_s=10)
    assert diagnosis
    return diagnosis


def hexdigest(secret: bytes = CURRENT, body: bytes = BODY, algorithm: str = "sha256") -> str:
    return hmac.new(secret, body, algorithm).hexdigest()


def rawdigest(secret: bytes = CURRENT, body: bytes = BODY, algorithm: str = "sha256") -> bytes:
    return hmac.new(secret, body, algorithm).digest()


def reserialized(**options: object) -> bytes:
    """`VALUE` as JSON in another layout, by the options of `json.dumps`."""
    return json.dumps(VALUE, **options).encode()  # type: ignore[arg-type]
