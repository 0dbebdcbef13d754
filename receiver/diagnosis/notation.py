"""The notations of a digest: hexadecimal, Base64, pairs of digits, bare bytes."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from receiver.diagnosis.algorithms import BY_SIZE
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Fault

HEX = re.compile(rb"[0-9A-Fa-f]+")
_PAIRS = re.compile(rb"[0-9A-Fa-f]{2}(?:[-: ][0-9A-Fa-f]{2}){15,63}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{22,}={0,2}")


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that a text stands for."""

    value: bytes = field(repr=False)
    faults: tuple[Fault, ...] = ()
    """What is wrong with its notation."""
    certain: bool = True
    """Whether the text can hardly be anything else; any word may be Base64 by accident."""


def digests(text: bytes) -> list[Digest]:
    """The digests that a text may stand for, the likeliest first; none if it has no such length."""
    if HEX.fullmatch(text):
        upper = text != text.lower()
        found = [Digest(_unhexed(text), (Fault(DiagnosisCode.UPPER_CASE),) if upper else ())]
    elif _PAIRS.fullmatch(text):
        remark = "The digits stand in pairs, as BitConverter.ToString of .NET writes them."
        digits = re.sub(rb"[-: ]", b"", text)
        found = [Digest(_unhexed(digits), (Fault(DiagnosisCode.MALFORMED, remark),))]
    elif _BASE64.fullmatch(text):
        found = _from_base64(text)
    else:
        remark = "The digest's bytes stand there as they are, not as hexadecimal digits."
        found = [Digest(text, (Fault(DiagnosisCode.MALFORMED, remark),), certain=False)]
    return [digest for digest in found if len(digest.value) in BY_SIZE]


def _unhexed(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode("ascii")) if len(digits) % 2 == 0 else b""


def _from_base64(text: bytes) -> list[Digest]:
    unified = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        decoded = base64.b64decode(unified + b"=" * (-len(unified) % 4), validate=True)
    except binascii.Error:
        return []
    found = [Digest(decoded, (Fault(DiagnosisCode.BASE64_DIGEST),), certain=text.endswith(b"="))]
    if HEX.fullmatch(decoded):
        remark = "What was encoded are the hexadecimal digits, not the digest's bytes."
        found.insert(0, Digest(_unhexed(decoded), (Fault(DiagnosisCode.BASE64_DIGEST, remark),)))
    return found
