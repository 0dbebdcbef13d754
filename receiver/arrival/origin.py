"""Tells our own replays and samples from the network's deliveries, by a proof nobody else can make.

Every delivery enters by the one HTTP route, so what we send ourselves is marked by a header. A mark
counts only with a proof: an HMAC under the webhook secret over the mark and the body. What is
proven there begins with a text that no signed body can begin with, so the proof is of no use as a
signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from store.records import Origin

if TYPE_CHECKING:
    from receiver.judging.signing import Secrets
    from store.records import Headers

ORIGIN_HEADER = "X-MeterBase-Origin"
_HEADER_NAME = ORIGIN_HEADER.lower().encode("ascii")
_FORM = re.compile(rb"(sample|replay); of=(\d{1,18}); proof=([0-9a-f]{64})")


def mark(secret: bytes, body: bytes, origin: Origin, replay_of: int | None = None) -> str:
    """The value of the header for a body that we send ourselves."""
    number = replay_of or 0
    return f"{origin}; of={number}; proof={_prove(secret, body, origin, number)}"


def read_mark(headers: Headers, body: bytes, secrets: Secrets) -> tuple[Origin, int | None]:
    """Where a request comes from, and the delivery that it replays, if any.

    Whatever is not proven comes from the network.
    """
    for name, value in headers:
        if name.lower() != _HEADER_NAME:
            continue
        found = _FORM.fullmatch(value)
        if found:
            origin, number = Origin(found[1].decode("ascii")), int(found[2])
            if any(_proves(found[3], secret, body, origin, number) for secret in secrets):
                return origin, number or None
    return Origin.NETWORK, None


def _proves(proof: bytes, secret: bytes, body: bytes, origin: Origin, number: int) -> bool:
    return hmac.compare_digest(_prove(secret, body, origin, number).encode("ascii"), proof)


def _prove(secret: bytes, body: bytes, origin: Origin, number: int) -> str:
    statement = f"meterbase-origin|{origin}|{number}|{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret, statement.encode("ascii"), hashlib.sha256).hexdigest()
