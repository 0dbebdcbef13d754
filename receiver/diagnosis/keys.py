"""What the sender's secret may be, given the one configured here.

A secret is copied from a web page into a file, through a shell and an environment: on the way it
gains or loses white space, quotes, a line end, a prefix or an encoding. None of these spellings is
empty or a short rest of a long secret: a match under a key that anyone could guess proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.judging.signing import Secrets

_SPACE = b" \t\r\n\v\f\0"
#: No-break space, zero-width space and byte order mark: what copying from a page brings along.
_INVISIBLE = ("\u00a0".encode(), "\u200b".encode(), "\ufeff".encode())
_QUOTES = b"\"'`"
_TYPOGRAPHIC_QUOTES = tuple(quote.encode() for quote in "“”‘’«»")
_ASSIGNMENT = re.compile(rb"\s*(?:export\s+|set\s+|\$env:)?[A-Za-z_][A-Za-z0-9_]{2,63}\s*[=:]\s*")
_EXPORT = re.compile(rb"\s*(?:export|set)\s+")
_COMMENT = re.compile(rb"\s*#.*", re.DOTALL)
_STANDARD_PREFIX = b"whsec_"

#: In bytes; a rest this long is still the sender's secret and no accident.
_SHORTEST_REST = 6

_HERE = "Put PROPEXO_WEBHOOK_SECRET into .env exactly as the sender has it: {}."
_THERE = "Enter the secret at the sender again, {}."


def configured(secrets: Secrets) -> tuple[Key, ...]:
    """The secrets as they are configured: the current one, then the previous one."""
    keys = [Key(secrets.current, "the secret in force")]
    if secrets.previous and secrets.previous != secrets.current:
        keys.append(Key(secrets.previous, "the previous secret", (DiagnosisCode.PREVIOUS_SECRET,)))
    return tuple(keys)


def spellings(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Every other spelling of these secrets, the likeliest first; no bytes come twice."""
    known = {key.material for key in keys}
    found: list[Key] = []
    for key in keys:
        for material, difference, remedy in _respelled(key.material):
            if material not in known and _hard_to_guess(material, key.material):
                known.add(material)
                codes = (DiagnosisCode.SECRET_WHITESPACE, *key.codes)
                found.append(Key(material, f"{key.phrase} {difference}", codes, remedy))
    return tuple(found)


def _hard_to_guess(material: bytes, original: bytes) -> bool:
    return len(material) >= max(1, min(_SHORTEST_REST, len(original) // 2))


def _respelled(secret: bytes) -> Iterator[tuple[bytes, str, str]]:
    """Pairs of bytes and words: what the sender has, how it differs from ours, what to do."""
    for material, what in _cleaned(secret):
        yield material, f"without {what}", _HERE.format(f"without {what}")
    for material, what in _burdened(secret):
        yield material, f"with {what}", _THERE.format(f"without {what}")
    for material, difference in _recoded(secret):
        remedy = f"Give both sides the same bytes as the secret: the sender uses it {difference}."
        yield material, difference, remedy


def _cleaned(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """What our side may have too much of."""
    yield secret.rstrip(b"\r\n"), "the line end after it"
    yield _trimmed(secret), "the white space around it"
    yield re.sub(rb"(?:\\r)?\\n\Z", b"", secret), r"the characters \n at its end"
    yield _unquoted(_trimmed(secret)), "the quotes around it"
    yield secret.strip(_QUOTES), "the quote left at one end of it"
    unexported = _EXPORT.sub(b"", secret, count=1)
    yield _trimmed(unexported), "the word export in front of it"
    unassigned = _ASSIGNMENT.sub(b"", secret, count=1)
    yield _trimmed(unassigned), "the variable's name in front of it"
    yield _unquoted(_trimmed(unassigned)), "the variable's name and the quotes around it"
    for text in (secret, unassigned):
        uncommented = _trimmed(_COMMENT.sub(b"", text, count=1))
        yield uncommented, "the comment left in .env after it"
        yield _unquoted(uncommented), "the comment and the quotes left in .env around it"
    yield _trimmed(secret).rstrip(b";,"), "the punctuation after it"


def _burdened(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """What the sender's side may have too much of."""
    yield secret + b"\n", "a line end after it"
    yield secret + b"\r\n", "a Windows line end after it"
    yield secret + b" ", "a space after it"
    yield b" " + secret, "a space in front of it"
    yield b" " + secret + b" ", "spaces around it"
    yield b'"' + secret + b'"', "double quotes around it"
    yield b"'" + secret + b"'", "single quotes around it"


def _recoded(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """The same secret in another notation."""
    bare = secret.removeprefix(_STANDARD_PREFIX)
    yield bare, "without its prefix whsec_"
    if bare != secret:
        for decoded in _from_base64(bare):
            yield decoded, "without its prefix whsec_ and decoded from Base64"
    else:
        yield _STANDARD_PREFIX + secret, "with the prefix whsec_"
    for decoded in _from_base64(secret):
        yield decoded, "decoded from Base64"
    for decoded in _from_hex(bare):
        yield decoded, "decoded from hexadecimal"
    yield base64.b64encode(secret), "encoded in Base64"
    yield secret.hex().encode(), "encoded in hexadecimal"
    yield unquote_to_bytes(secret), "with its percent signs decoded"
    for encoding in ("latin-1", "utf-16-le"):
        yield from _transcoded(secret, encoding)


def _trimmed(secret: bytes) -> bytes:
    """Without white space at both ends, the invisible kinds included."""
    before = None
    while before != secret:
        before, secret = secret, secret.strip(_SPACE)
        for mark in _INVISIBLE:
            secret = secret.removeprefix(mark).removesuffix(mark)
    return secret


def _unquoted(secret: bytes) -> bytes:
    """Without one pair of quotes, straight or typographic."""
    if len(secret) > 1 and secret[:1] == secret[-1:] and secret[:1] in _QUOTES:
        return secret[1:-1]
    for opening in _TYPOGRAPHIC_QUOTES:
        for closing in _TYPOGRAPHIC_QUOTES:
            if secret.startswith(opening) and secret.endswith(closing):
                return secret.removeprefix(opening).removesuffix(closing)
    return secret


def _from_base64(text: bytes) -> Iterator[bytes]:
    padded = text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4)
    for altchars in (b"+/", b"-_"):
        try:
            yield base64.b64decode(padded, altchars=altchars, validate=True)
        except (binascii.Error, ValueError):
            continue


def _from_hex(text: bytes) -> Iterator[bytes]:
    if re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", text):
        yield bytes.fromhex(text.decode("ascii"))


def _transcoded(secret: bytes, encoding: str) -> Iterator[tuple[bytes, str]]:
    try:
        recoded = secret.decode("utf-8").encode(encoding)
    except UnicodeError:
        return
    yield recoded, f"encoded as {encoding.upper()}"
