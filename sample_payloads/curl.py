"""A curl command that sends a delivery again, correctly signed.

It holds the signature and never the secret. A body that a shell cannot hold as text is put beside
it into a file.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.arrival.hops import repeat_headers
from receiver.judging.signing import SIGNATURE_HEADER, sign

if TYPE_CHECKING:
    from store.records import Headers

MOST_INLINE = 64 << 10
"""Longer bodies go into a file: shells and terminals choke on them."""
_SIGNATURE = frozenset({SIGNATURE_HEADER.lower()})


@dataclass(frozen=True, slots=True)
class Curl:
    """A command, and what it needs."""

    command: str
    """For a POSIX shell; lines end in backslashes, so that it can be pasted whole."""
    omitted: tuple[str, ...]
    """Names of headers that cannot be written. Foreign text."""


def fits_inline(body: bytes) -> bool:
    """Whether a body can stand in the command itself, to the byte."""
    # curl takes what begins with @ for the name of a file.
    if len(body) > MOST_INLINE or body.startswith(b"@"):
        return False
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # A pasted control character would act on the terminal, or be dropped by it.
    return all(character.isprintable() or character == "\n" for character in text)


def build_curl(
    url: str, method: str, headers: Headers, body: bytes, *, secret: bytes, file: str | None = None
) -> Curl:
    """The command that sends a request.

    Args:
        url: where to.
        method: of HTTP.
        headers: of the delivery; its own signature is replaced by a right one.
        body: what is sent.
        secret: what it is signed with; it is not in the command.
        file: where the body lies; None puts it into the command, for one that `fits_inline`.
    """
    kept, omitted = repeat_headers(headers, without=_SIGNATURE)
    words = [f"curl -sS -X {shlex.quote(method)} {shlex.quote(url)}"]
    # What curl would add by itself was not sent.
    names = {name.lower() for name, _ in kept}
    words += [f"-H {shlex.quote(f'{name}:')}" for name in ("Accept",) if name.lower() not in names]
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in kept]
    words.append(f"-H {shlex.quote(f'{SIGNATURE_HEADER}: {sign(secret, body)}')}")
    data = f"@{file}" if file is not None else body.decode("utf-8")
    words.append(f"--data-binary {shlex.quote(data)}")
    return Curl(" \\\n  ".join(words), omitted)
