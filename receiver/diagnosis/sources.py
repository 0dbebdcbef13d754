"""Where a request carries a signature, and what else may have been signed with the body."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from receiver.diagnosis.claims import Claim, Reading, combined, read
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Fault
from receiver.judging.signing import SIGNATURE_HEADER, signature_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.records import Headers

_OWN_NAME = SIGNATURE_HEADER.lower().encode("ascii")
#: A request with more of them is not looked through any further.
_MOST_HEADERS = 8
_MOST_TIMESTAMPS = 2
_LONGEST_TIMESTAMP = 40
_LONGEST_IDENTIFIER = 128
_SIGNATURE_NAME = re.compile(rb".*(?:signature|hmac|(?:^|[-_])sig(?:$|[-_])).*", re.DOTALL)
#: A name is quoted only if it is harmless on a screen and too plain to hold a digest.
_QUOTABLE = re.compile(r"(?!.*[0-9a-f]{12})[a-z][a-z0-9_-]{2,39}")
_IDENTIFIER_NAMES: Final = (b"webhook-id", b"svix-id")
_REMARKS: Final = {
    "propexo-signature": "Propexo's own service uses this name.",
    "x-hub-signature-256": "GitHub uses this name.",
    "x-hub-signature": "GitHub uses this name for SHA-1.",
    "stripe-signature": "Stripe uses this name.",
    "webhook-signature": "Standard Webhooks uses this name.",
    "svix-signature": "Svix uses this name.",
    "x-slack-signature": "Slack uses this name.",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Bytes that a scheme signs before and after the body."""

    before: bytes
    after: bytes
    phrase: str
    """What the scheme signs, for a sentence."""
    decodes_secret: bool = False
    """Whether the scheme itself takes the secret without its prefix and from Base64."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a request presents as its signature, wherever it stands."""

    own: Reading | None
    """From the signature header; None when the request has none."""
    others: tuple[Claim, ...]
    """From other headers, should the signature header hold nothing that fits."""
    envelopes: tuple[Envelope, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, the signature header's first."""
        return (*(self.own.claims if self.own else ()), *self.others)


def sources(headers: Headers) -> Sources:
    """Looks a request's headers through; no headers make it raise."""
    own = _own(signature_values(headers))
    others = list(islice(_others(headers), _MOST_HEADERS))
    times = [time for reading in (own, *others) if reading for time in reading.timestamps]
    times += islice(_values(headers, b"timestamp"), _MOST_HEADERS)
    identifiers = [
        value
        for name, value in headers
        if name.lower() in _IDENTIFIER_NAMES and len(value) <= _LONGEST_IDENTIFIER
    ]
    return Sources(
        own,
        tuple(claim for reading in others for claim in reading.claims),
        tuple(_envelopes(times, identifiers)),
    )


def _own(values: list[bytes]) -> Reading | None:
    if not values:
        return None
    readings = [read(value) for value in values[:_MOST_HEADERS]]
    if len(values) == 1:
        return readings[0]
    same = " with the same value" if len(set(values)) == 1 else ""
    return combined(readings, f"There are {len(values)} {SIGNATURE_HEADER} headers{same}.")


def _others(headers: Headers) -> Iterator[Reading]:
    """The readings of other headers whose name says signature."""
    for raw_name, value in headers:
        name = raw_name.lower()
        if name == _OWN_NAME or not _SIGNATURE_NAME.fullmatch(name):
            continue
        quoted = _quoted(name)
        fault = Fault(DiagnosisCode.WRONG_HEADER, _REMARKS.get(quoted, ""))
        reading = read(value.strip(b" \t"))
        claims = tuple(
            replace(claim, faults=(fault, *claim.faults), place=f"the signature in {quoted}")
            for claim in reading.claims
        )
        yield replace(reading, claims=claims)


def _quoted(name: bytes) -> str:
    text = name.decode("ascii", "replace")
    return text if _QUOTABLE.fullmatch(text) else "another header"


def _values(headers: Headers, part_of_name: bytes) -> Iterator[bytes]:
    for name, value in headers:
        if part_of_name in name.lower() and 0 < len(value) <= _LONGEST_TIMESTAMP:
            yield value.strip(b" \t")


def _envelopes(times: list[bytes], identifiers: list[bytes]) -> Iterator[Envelope]:
    """What the known schemes sign besides the body, given the times and ids of this request."""
    for time in list(dict.fromkeys(times))[:_MOST_TIMESTAMPS]:
        yield Envelope(time + b".", b"", "the timestamp, a dot and the body")
        yield Envelope(time, b"", "the timestamp and the body")
        yield Envelope(time + b":", b"", "the timestamp, a colon and the body")
        yield Envelope(b"v0:" + time + b":", b"", "v0, the timestamp and the body, as Slack signs")
        yield Envelope(b"", time, "the body and the timestamp")
        yield Envelope(b"", b"." + time, "the body, a dot and the timestamp")
        for identifier in identifiers[:2]:
            phrase = "the id, the timestamp and the body, as Standard Webhooks signs"
            yield Envelope(identifier + b"." + time + b".", b"", phrase, decodes_secret=True)
