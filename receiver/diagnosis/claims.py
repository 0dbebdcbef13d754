"""What a header's value claims: a digest, written in some form.

A value is read as liberally as senders are known to write it, and every liberty taken is noted as
a fault. The form alone already proves some of them; a recomputed digest proves the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote_to_bytes

from receiver.diagnosis.algorithms import BY_SIZE, NAMES, label
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Fault
from receiver.diagnosis.notation import HEX, digests

#: Longer values are not read: no digest in any notation needs as much.
_LONGEST = 512
#: Claims read from one header; a longer list is not a signature.
_MOST_CLAIMS = 4

_PREFIX = re.compile(rb"([A-Za-z][A-Za-z0-9_-]{0,15})(\s*[=:]\s*)(.+)", re.DOTALL)
_PAIR = re.compile(rb"([A-Za-z][A-Za-z0-9_]{0,15})=\s*([^,;\s]+)")
_VERSIONED = re.compile(rb"v\d+[a-z]?,[^\s,]+(?:\s+v\d+[a-z]?,[^\s,]+)*")
_VERSION = re.compile(rb"v\d+\s*[=:].+", re.DOTALL | re.IGNORECASE)
_DETACHED_JWS = re.compile(rb"ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{16,}")
_TIME_KEYS = frozenset((b"t", b"ts", b"timestamp"))
_PLACEHOLDERS = frozenset((b"test_signature", b"sha256=test_signature"))
_WRAPPINGS: Final = (
    (re.compile(rb"(?P<inner>.+?)\s*[;,.]+"), "It ends in a punctuation mark."),
    (re.compile(rb"b?(?P<q>['\"`])(?P<inner>.*)(?P=q)", re.DOTALL), "It stands in quotes."),
    (
        re.compile(rb"(?i:x-propexo-signature)\s*:\s*(?P<inner>.+)", re.DOTALL),
        "It repeats the header's name.",
    ),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A digest that a request presents as its signature."""

    digest: bytes = field(repr=False)
    faults: tuple[Fault, ...] = ()
    """What is wrong with its form, whatever it was computed with."""
    named: str | None = None
    """The algorithm named in front of it, if one is."""
    certain: bool = True
    """Whether the text can hardly be anything but a digest."""
    place: str = "the signature received"
    """A noun phrase for a sentence."""

    @property
    def algorithm(self) -> str:
        """The algorithm that the digest's length stands for."""
        return BY_SIZE[len(self.digest)]

    def faults_under(self, algorithm: str) -> tuple[Fault, ...]:
        """What is wrong with the form, given the algorithm that the digest was computed with."""
        if self.named in {None, "sha256", algorithm}:
            return self.faults
        remark = "The name of another algorithm stands in front of it."
        return (Fault(DiagnosisCode.MISSING_PREFIX, remark), *self.faults)


@dataclass(frozen=True, slots=True)
class Reading:
    """A header's value, read."""

    claims: tuple[Claim, ...]
    """What it may claim, the likeliest first."""
    faults: tuple[Fault, ...]
    """What its form alone proves, should no digest fit; nothing for the published form."""
    timestamps: tuple[bytes, ...] = field(default=(), repr=False)
    """Times found inside the value, as they are written there."""


def read(value: bytes) -> Reading:
    """Reads a header's value; no bytes make it raise."""
    if not value:
        return _unreadable("The header is empty.")
    if value.strip(b"\"'").lower() in _PLACEHOLDERS:
        return Reading((), (Fault(DiagnosisCode.PLACEHOLDER),))
    if len(value) > _LONGEST:
        return _unreadable(f"It is {len(value):,} bytes long.")
    return _scheme(value) or _several(value) or _single(value)


def combined(readings: list[Reading], remark: str) -> Reading:
    """Several values read as one ambiguous one: each of them is still tried."""
    fault = Fault(DiagnosisCode.AMBIGUOUS_HEADER, remark)
    claims = [
        replace(claim, faults=(fault, *claim.faults), place=f"signature number {number}")
        for number, reading in enumerate(readings, start=1)
        for claim in reading.claims
    ]
    times = tuple(time for reading in readings for time in reading.timestamps)
    return Reading(tuple(claims[:_MOST_CLAIMS]), (fault,), times)


def _unreadable(remark: str) -> Reading:
    return Reading((), (Fault(DiagnosisCode.MALFORMED, remark),))


def _scheme(value: bytes) -> Reading | None:
    """A value of a scheme that signs more than the body, if it is one."""
    pairs = _PAIR.findall(value)
    times = tuple(text for key, text in pairs if key.lower() in _TIME_KEYS)
    texts = [text for key, text in pairs if key.lower() not in _TIME_KEYS]
    if times and texts:
        return _of_scheme(texts, "It is written t=...,v1=..., as Stripe writes it.", times)
    if _VERSIONED.fullmatch(value):
        texts = [part.partition(b",")[2] for part in value.split()]
        return _of_scheme(texts, "It is written v1,..., as Standard Webhooks writes it.", ())
    if _DETACHED_JWS.fullmatch(value):
        return _of_scheme([], "It is a detached JSON Web Signature.", ())
    return None


def _of_scheme(texts: list[bytes], remark: str, times: tuple[bytes, ...]) -> Reading:
    fault = Fault(DiagnosisCode.OTHER_SCHEME, remark)
    found = [digest for text in texts[:_MOST_CLAIMS] for digest in digests(text)]
    return Reading(tuple(Claim(digest.value, (fault,)) for digest in found), (fault,), times)


def _several(value: bytes) -> Reading | None:
    """Several signatures in one value, which is the same to HTTP as several headers.

    RFC 9110, section 5.3: a recipient may join repeated headers with commas.
    """
    parts = [part for part in re.split(rb"[\s,;]+", value) if part]
    readings = [_single(part) for part in parts[:_MOST_CLAIMS]]
    certain = all(reading.claims and reading.claims[0].certain for reading in readings)
    if len(parts) == 1 or not certain:
        return None
    return combined(readings, f"One header holds {len(parts)} signatures.")


def _single(value: bytes) -> Reading:
    inner, wrapping = _unwrapped(value)
    named, prefix, text = _prefix(inner)
    claims = tuple(
        Claim(
            digest.value,
            faults=(*wrapping, *prefix, *digest.faults),
            named=named,
            certain=digest.certain or named is not None,
        )
        for digest in digests(text)
    )
    return Reading(claims, _proven_by_form(value, claims))


def _unwrapped(value: bytes) -> tuple[bytes, tuple[Fault, ...]]:
    """What is inside of quotes and the like, and a fault that says so."""
    remarks = []
    if b"%" in value:
        value = unquote_to_bytes(value)
        remarks.append("It is percent-encoded.")
    for pattern, remark in _WRAPPINGS:
        if match := pattern.fullmatch(value.strip()):
            value = match["inner"]
            remarks.append(remark)
    fault = Fault(DiagnosisCode.MALFORMED, " ".join(remarks))
    return value.strip(), (fault,) if remarks else ()


def _prefix(value: bytes) -> tuple[str | None, tuple[Fault, ...], bytes]:
    """The algorithm named in front of the digest, what is wrong with that, and the digest."""
    match = _PREFIX.fullmatch(value)
    if not match:
        return None, (Fault(DiagnosisCode.MISSING_PREFIX),), value
    written, separator, text = match.groups()
    name = written.decode("ascii").lower()
    plain = name.replace("-", "").replace("_", "").removeprefix("hmac")
    if plain in NAMES and plain != "sha256":
        return plain, (), text
    if name == "sha256" and separator.strip() == b"=":
        return "sha256", _misspelt_prefix(written, separator), text
    remark = "Something else stands where sha256= belongs."
    return None, (Fault(DiagnosisCode.MISSING_PREFIX, remark),), text


def _misspelt_prefix(written: bytes, separator: bytes) -> tuple[Fault, ...]:
    faults = []
    if separator != b"=":
        remark = "White space stands around the equals sign."
        faults.append(Fault(DiagnosisCode.MALFORMED, remark))
    if written != b"sha256":
        faults.append(Fault(DiagnosisCode.UPPER_CASE, "Its prefix is in upper case."))
    return tuple(faults)


def _proven_by_form(value: bytes, claims: tuple[Claim, ...]) -> tuple[Fault, ...]:
    """What the form of a single value proves without any digest."""
    if not claims or not claims[0].certain:
        return (Fault(DiagnosisCode.MALFORMED, _misshape(value)),)
    claim = claims[0]
    if _VERSION.fullmatch(value):
        remark = "It begins with a version, as Slack writes it."
        return (Fault(DiagnosisCode.OTHER_SCHEME, remark),)
    if claim.named == claim.algorithm != "sha256":
        remark = f"Its own prefix says {label(claim.algorithm)}."
        return (Fault(DiagnosisCode.WRONG_ALGORITHM, remark), *claim.faults)
    if claim.algorithm != "sha256":
        remark = f"Its length is that of {label(claim.algorithm)}, not of SHA-256."
        return (Fault(DiagnosisCode.MALFORMED, remark),)
    return claim.faults_under("sha256")


def _misshape(value: bytes) -> str:
    """A sentence on why a value is no digest, quoting nothing of it."""
    if not value.isascii():
        return "It holds bytes that are not ASCII."
    text = value.removeprefix(b"sha256=")
    if not text:
        return "Nothing follows the prefix."
    if HEX.fullmatch(text):
        return f"It has {len(text):,} hexadecimal digits."
    others = len(re.sub(rb"[0-9A-Fa-f]", b"", text))
    return f"{others:,} of its {len(text):,} characters are no hexadecimal digits."
