"""The signature: HMAC-SHA256 over the raw body, as the published webhook description defines it.

The header's value is ``sha256=`` and 64 lower-case hexadecimal digits. Everything here works on
bytes as they came on the wire: a `str` would bring surrogates and code points that compare_digest
and the codecs refuse with exceptions.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from store.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIGNATURE_HEADER = "X-Propexo-Signature"
_HEADER_NAME = SIGNATURE_HEADER.lower().encode("ascii")
_FORM = re.compile(rb"sha256=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The signing secrets in force. Never shown: its `repr` holds neither."""

    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)
    """Accepted too while a secret is being rotated."""
    _keyed: tuple[hmac.HMAC, ...] = field(init=False, repr=False, compare=False)
    """For each secret a computation that has its key and waits for a body. Not made anew for every
    body, and not `hmac.digest`: that lets other threads on, which then have to be waited for."""

    def __post_init__(self) -> None:
        if not self.current:
            raise ValueError("The signing secret is empty, so anyone could sign.")
        keyed = tuple(hmac.new(secret, digestmod="sha256") for secret in self)
        object.__setattr__(self, "_keyed", keyed)

    def __iter__(self) -> Iterator[bytes]:
        yield self.current
        if self.previous:
            yield self.previous

    def signatures(self, body: bytes) -> list[bytes]:
        """The values that the signature header of a body may have, one for each secret."""
        found = []
        for keyed in self._keyed:
            mac = keyed.copy()
            mac.update(body)
            found.append(b"sha256=%b" % mac.hexdigest().encode("ascii"))
        return found


def digest(secret: bytes, body: bytes) -> str:
    """The HMAC-SHA256 of a body as 64 lower-case hexadecimal digits."""
    return hmac.digest(secret, body, "sha256").hex()


def sign(secret: bytes, body: bytes) -> str:
    """The value of the signature header for a body."""
    return f"sha256={digest(secret, body)}"


def signature_values(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """Every value of the signature header, without the optional white space that HTTP allows."""
    return [value.strip(b" \t") for name, value in headers if name.lower() == _HEADER_NAME]


def verify(headers: Iterable[tuple[bytes, bytes]], body: bytes, secrets: Secrets) -> Verdict:
    """Judges the signature of a request in constant time; no header and no body makes it raise.

    Exactly one header of exactly the published form is accepted, under the current secret or the
    previous one.
    """
    values = signature_values(headers)
    if not values:
        return Verdict.MISSING
    if len(values) > 1 or not _FORM.fullmatch(values[0]):
        return Verdict.INVALID
    given = values[0]
    # Every one is compared, so that the time does not tell which secret it was.
    matches = [hmac.compare_digest(expected, given) for expected in secrets.signatures(body)]
    return Verdict.VALID if any(matches) else Verdict.INVALID
