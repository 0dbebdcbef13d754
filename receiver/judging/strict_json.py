"""JSON as RFC 7493 (I-JSON) defines it, and the canonical form that identifies an event.

Python's own parser takes much that I-JSON forbids: other encodings, NaN, duplicate keys (the last
one wins, silently), lone surrogates that no database stores. Each of them is refused here with one
kind of error and a reason.

Most bodies are read by orjson, in a quarter of the time. It takes the last of duplicate keys too
and cannot keep every number, so what it gives counts only where it is proven to be what our own
reading gives; everything else is read by that.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import TYPE_CHECKING, Any, NoReturn

import orjson

if TYPE_CHECKING:
    from store.records import Json

MAX_DEPTH = 64
MAX_DIGITS = 1_000
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Where a text may have half of a pair: UTF-8 itself has none, so only an escape can bring one."""


_EXPONENT = re.compile(rb"e[-+0-9]")
"""Looked for first: it is found five times as fast, and seldom there."""
_OTHER_NUMBER = re.compile(rb"(?:^|[:,\[])-?(?:[0-9.]+e|0\.0000)")
"""Where orjson may have written a number otherwise than Python does, or have rounded one beyond 64
bits; a text may look like that too, which costs nothing but time."""


class InvalidJsonError(ValueError):
    """A body that is not I-JSON; `str()` is the reason as a sentence, without the body's text.

    Args:
        reason: that sentence.
        place: line and column, from 1, where it stops being JSON; None where it is all JSON.
        what: what is wrong there, in a few words.
    """

    def __init__(self, reason: str, place: tuple[int, int] | None = None, what: str = "") -> None:
        super().__init__(reason)
        self.place = place
        self.what = what


def parse(body: bytes) -> Json:
    """The value of an I-JSON text.

    Raises:
        InvalidJsonError: it is none, for whatever reason. Nothing else is raised.
    """
    plain = _read_plain(body)
    return _read_carefully(body) if plain is None else plain[0]


def read(body: bytes) -> tuple[Json, bytes]:
    """As `parse`, with what `identify` gives of the value."""
    plain = _read_plain(body)
    if plain is None:
        value = _read_carefully(body)
        return value, identify(value)
    value, canonical = plain
    return value, hashlib.sha256(canonical).digest()


def reread(body: bytes) -> Any:
    """As `parse`, for a body that was taken before: half of its time, which goes into proofs.

    Its caller knows what kind of value it is.

    Raises:
        InvalidJsonError: it is no JSON. What else `parse` refuses is not looked for again.
    """
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_carefully(body)
    # orjson rounds whole numbers beyond 64 bits, and so large a number is written with an exponent.
    return _read_carefully(body) if _EXPONENT.search(orjson.dumps(value)) else value


def _read_plain(body: bytes) -> tuple[Json, bytes] | None:
    """A value and its canonical form, where there can be no doubt about them; else None."""
    if b"\\" in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        return None
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    # Of a key that occurs twice, only one is written back, so a colon is missing. Colons inside of
    # texts do not disturb that: without escapes there are as many on both sides.
    if body.count(b":") != canonical.count(b":"):
        return None
    if (_EXPONENT.search(canonical) or b".0000" in canonical) and _OTHER_NUMBER.search(canonical):
        return None
    return value, canonical


def _read_carefully(body: bytes) -> Json:
    text = _decode(body)
    _check_depth(body)
    # A body that is no longer than the longest number has none that is too long.
    decoder = _DECODER if len(body) <= MAX_DIGITS else _COUNTING_DECODER
    try:
        value: Json = decoder.decode(text)
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        what = error.msg.lower().removesuffix(" at")
        reason = f"The body is not JSON: {what} at line {line}, column {column}."
        raise InvalidJsonError(reason, (line, column), what) from None
    except RecursionError:
        raise InvalidJsonError("The body is nested too deeply.") from None
    if _SURROGATE.search(body):
        _write_canonically(value)
    return value


def identify(value: Json) -> bytes:
    """The SHA-256 of a value's canonical form: sorted keys, no white space, UTF-8.

    Two bodies that differ in spacing, key order or escapes only have one identity.

    Raises:
        InvalidJsonError: a text in it has a lone surrogate, which no UTF-8 can write.
    """
    return hashlib.sha256(_write_canonically(value)).digest()


def _write_canonically(value: Json) -> bytes:
    try:
        return _CANONICAL.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidJsonError("A text in the body has half of a surrogate pair.") from None


_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def _decode(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise InvalidJsonError("The body begins with a byte order mark, which JSON forbids.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJsonError(f"The body is not UTF-8: byte {error.start} is wrong.") from None


def _check_depth(body: bytes) -> None:
    """Counts brackets outside of texts, on the bytes: the parser would run out of stack first."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(body):
        first = token[0][:1]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidJsonError(f"The body is nested more than {MAX_DEPTH} levels deep.")
        elif first in b"]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJsonError(f"{name} is not a number that JSON knows.")


def _parse_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InvalidJsonError(f"A number in the body has more than {MAX_DIGITS} digits.")
    return int(digits)


def _parse_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise InvalidJsonError("A number in the body is too large.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJsonError("A key occurs twice in one object.")
    return found


# Made once: `json.loads` makes one a call when it is given hooks, which takes as long as parsing.
_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_parse_float, object_pairs_hook=_unique
)
_COUNTING_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant,
    parse_int=_parse_int,
    parse_float=_parse_float,
    object_pairs_hook=_unique,
)
