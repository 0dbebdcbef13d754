"""I-JSON as RFC 8259 and RFC 7493 define it, read by rule from the definitions.

But for noncharacters, which RFC 7493 §2.1 forbids and we accept: refusing one would lose an event.

A second opinion for `receiver.judging.strict_json`: it shares no code with it, nor with Python's
parser.
"""

from __future__ import annotations

import math
import re

from receiver.judging.strict_json import MAX_DEPTH, MAX_DIGITS

# RFC 8259 §2 (white space), §6 (numbers), §7 (strings) and §3 (literals).
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STRING = re.compile(
    r'"((?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"',
)
_LITERAL = re.compile(r"true|false|null")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class _NoJsonError(Exception):
    pass


def is_i_json(body: bytes) -> bool:
    """Whether a body is I-JSON, and no deeper and its numbers no longer than we take."""
    try:
        text = body.decode("utf-8")
        end = _space(text, _value(text, _space(text, 0), 0))
    except (UnicodeDecodeError, _NoJsonError):
        return False
    return end == len(text)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> int:
    """Where the value that begins here ends."""
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at + 1, depth + 1)
    if first == "[":
        return _array(text, at + 1, depth + 1)
    if first == '"':
        return _string(text, at)[1]
    if found := _LITERAL.match(text, at):
        return found.end()
    return _number(text, at)


def _object(text: str, at: int, depth: int) -> int:
    _require(depth <= MAX_DEPTH)
    at, names = _space(text, at), set()
    if text[at : at + 1] == "}":
        return at + 1
    while True:
        name, at = _string(text, _space(text, at))
        _require(name not in names)  # RFC 7493 §2.3
        names.add(name)
        at = _space(text, at)
        _require(text[at : at + 1] == ":")
        at = _space(text, _value(text, _space(text, at + 1), depth))
        if text[at : at + 1] == "}":
            return at + 1
        _require(text[at : at + 1] == ",")
        at += 1


def _array(text: str, at: int, depth: int) -> int:
    _require(depth <= MAX_DEPTH)
    at = _space(text, at)
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        at = _space(text, _value(text, _space(text, at), depth))
        if text[at : at + 1] == "]":
            return at + 1
        _require(text[at : at + 1] == ",")
        at += 1


def _number(text: str, at: int) -> int:
    found = _NUMBER.match(text, at)
    _require(found is not None)
    assert found is not None
    whole, fraction, exponent = found.groups()
    if fraction or exponent:
        _require(math.isfinite(float(found[0])))  # RFC 7493 §2.2
    else:
        _require(len(whole) <= MAX_DIGITS)
    return found.end()


def _string(text: str, at: int) -> tuple[str, int]:
    """What a string says, and where it ends."""
    found = _STRING.match(text, at)
    _require(found is not None)
    assert found is not None
    # Pairs of surrogates are one character (RFC 8259 §7); what is left of them is none.
    said = _ESCAPE.sub(_unescape, found[1]).encode("utf-16-le", "surrogatepass")
    try:
        value = said.decode("utf-16-le")
    except UnicodeDecodeError:
        raise _NoJsonError from None
    return value, found.end()


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _SHORT.get(found[2], found[2])


def _require(condition: bool) -> None:
    if not condition:
        raise _NoJsonError
