"""Signs bodies, rightly or wrongly in every way that senders get it wrong."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from receiver.judging.signing import SIGNATURE_HEADER, digest, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.arrival.hops import HeaderLines

_FOREIGN_HEADER = "X-Hub-Signature-256"
_BOM = b"\xef\xbb\xbf"


class Mistake(StrEnum):
    """A way of signing that is refused."""

    MISSING = "missing"
    PLACEHOLDER = "placeholder"
    MALFORMED = "malformed"
    NO_PREFIX = "no_prefix"
    UPPER_CASE = "upper_case"
    BASE64 = "base64"
    WRONG_ALGORITHM = "wrong_algorithm"
    OTHER_SCHEME = "other_scheme"
    TWO_SIGNATURES = "two_signatures"
    WRONG_HEADER = "wrong_header"
    WRONG_SECRET = "wrong_secret"  # noqa: S105
    SECRET_WHITESPACE = "secret_whitespace"  # noqa: S105
    BODY_CHANGED = "body_changed"
    BODY_WHITESPACE = "body_whitespace"
    BODY_LINE_ENDINGS = "body_line_endings"
    BODY_RESERIALIZED = "body_reserialized"
    BODY_ENCODING = "body_encoding"
    BODY_COMPRESSED = "body_compressed"

    @property
    def diagnosis(self) -> str:
        """The code of the diagnosis that it leads to."""
        return _DIAGNOSES.get(self, self.value)


_DIAGNOSES = {
    Mistake.MISSING: "missing_header",
    Mistake.NO_PREFIX: "missing_prefix",
    Mistake.BASE64: "base64_digest",
    Mistake.TWO_SIGNATURES: "ambiguous_header",
    Mistake.WRONG_SECRET: "unknown_secret",
    Mistake.BODY_CHANGED: "unknown_secret",
}


def find_mistake(name: str) -> Mistake:
    """The mistake of that name, or the first that leads to a diagnosis of that name.

    Raises:
        ValueError: there is none; `str()` lists them.
    """
    wanted = name.lower().replace("-", "_")
    for mistake in Mistake:
        if wanted in (mistake.value, mistake.diagnosis):
            return mistake
    raise ValueError(f"must be one of {', '.join(Mistake)}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A body as it is sent, and the headers that speak of its signature."""

    body: bytes
    headers: HeaderLines


def sign_body(secret: bytes, body: bytes, mistake: Mistake | None = None) -> Signed:
    """Signs a body, rightly unless a mistake is asked for."""
    if mistake is None:
        return Signed(body, ((SIGNATURE_HEADER, sign(secret, body)),))
    if mistake in _SENT_OTHERWISE:
        to_sign, sent = _SENT_OTHERWISE[mistake](body)
        headers: HeaderLines = ((SIGNATURE_HEADER, sign(secret, to_sign)),)
        if mistake is Mistake.BODY_COMPRESSED:
            headers += (("Content-Encoding", "gzip"),)
        return Signed(sent, headers)
    return Signed(body, _misstated(secret, body, mistake))


def _misstated(secret: bytes, body: bytes, mistake: Mistake) -> HeaderLines:
    """The headers of a mistake that leaves the body alone."""
    right = sign(secret, body)
    if mistake is Mistake.MISSING:
        return ()
    if mistake is Mistake.WRONG_HEADER:
        return ((_FOREIGN_HEADER, right),)
    if mistake is Mistake.TWO_SIGNATURES:
        return ((SIGNATURE_HEADER, right), (SIGNATURE_HEADER, sign(_another_secret(), body)))
    return ((SIGNATURE_HEADER, _VALUES[mistake](secret, body)),)


_VALUES: dict[Mistake, Callable[[bytes, bytes], str]] = {
    Mistake.PLACEHOLDER: lambda _secret, _body: "test_signature",
    Mistake.MALFORMED: lambda secret, body: sign(secret, body)[:-1],
    Mistake.NO_PREFIX: digest,
    Mistake.UPPER_CASE: lambda secret, body: f"sha256={digest(secret, body).upper()}",
    Mistake.BASE64: lambda secret, body: f"sha256={_in_base64(digest(secret, body))}",
    Mistake.WRONG_ALGORITHM: lambda secret, body: (
        f"sha1={hmac.new(secret, body, hashlib.sha1).hexdigest()}"
    ),
    Mistake.OTHER_SCHEME: lambda secret, body: (
        f"t=1774447800,v1={digest(secret, b'1774447800.' + body)}"
    ),
    Mistake.WRONG_SECRET: lambda _secret, body: sign(_another_secret(), body),
    Mistake.SECRET_WHITESPACE: lambda secret, body: sign(secret + b"\n", body),
}


def _reserialized(body: bytes) -> tuple[bytes, bytes]:
    """JSON signed on one line and sent with other spacing, as a middleware that parses it does.

    That way round, the signed form can be found again from what is sent.
    """
    try:
        value = json.loads(body)
        compact = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        return body, b" " + body
    return compact, body if body != compact else json.dumps(value, indent=2).encode("ascii") + b"\n"


#: What is signed and what is sent, where the two differ.
_SENT_OTHERWISE: dict[Mistake, Callable[[bytes], tuple[bytes, bytes]]] = {
    Mistake.BODY_CHANGED: lambda body: (body, body.rstrip()[:-1] + b',"tampered":true}'),
    Mistake.BODY_WHITESPACE: lambda body: (body, body + b"\n"),
    Mistake.BODY_LINE_ENDINGS: lambda body: (body + b"\n", body + b"\r\n"),
    Mistake.BODY_RESERIALIZED: _reserialized,
    Mistake.BODY_ENCODING: lambda body: (body, _BOM + body),
    Mistake.BODY_COMPRESSED: lambda body: (body, gzip.compress(body, mtime=0)),
}


def _another_secret() -> bytes:
    return secrets.token_bytes(32)


def _in_base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode("ascii")
