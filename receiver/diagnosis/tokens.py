"""A JSON text as tokens, so that it can be written again without losing what it says.

A parser would lose the very things that matter here: how a number was spelt, the order of keys,
keys that come twice. The text need not be valid JSON; what is written from nonsense fits no digest.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Tokens: TypeAlias = tuple[str, ...]
"""The tokens of a text. Joined they are the text, unless white space was left out."""

#: Deeper texts are not written again; the payloads of the documentation have 4 levels.
DEEPEST: Final = 32
#: How many times longer than the text its widest indentation may make it, and bytes beyond that.
_GROWTH: Final = 16
_GROWTH_OF_SMALL: Final = 4096
_WIDEST_INDENT: Final = 4
_LEVELS: Final = {"{": 1, "[": 1, "}": -1, "]": -1}
#: Possessive, and a string may end with the text: linear in time whatever the input.
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]:,]|[ \t\r\n]++|[^ \t\r\n{}\[\]:,"]++', re.DOTALL
)
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Object:
    """The members of an object in the order in which they are written."""

    members: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """The items of an array."""

    items: tuple[Node, ...]


Node: TypeAlias = str | Object | Array
"""A scalar's token, an object or an array."""


class UnstructuredError(ValueError):
    """The tokens are not those of one JSON value, or are nested too deep."""


def tokenized(body: bytes) -> Tokens | None:
    """The tokens of a JSON object or array in UTF-8, white space included.

    None for any other text, and for one nested so deep that its indentation would be its bulk.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text.lstrip(_SPACE).startswith(("{", "[")):
        return None
    tokens = tuple(_TOKEN.findall(text))
    depth = max(accumulate(map(_level, tokens)))
    growth = len(tokens) * depth * _WIDEST_INDENT
    bulky = growth > len(text) * _GROWTH + _GROWTH_OF_SMALL
    return None if depth > DEEPEST or bulky else tokens


def _level(token: str) -> int:
    return _LEVELS.get(token, 0)


def without_space(tokens: Tokens) -> Tokens:
    """The tokens without white space between them."""
    return tuple([token for token in tokens if token[0] not in _SPACE])


def decoded(token: str) -> str:
    """What a string's token says; the token itself if it is no string."""
    try:
        value = json.loads(token, strict=False)
    except ValueError:
        return token
    return value if isinstance(value, str) else token


def structure(tokens: Tokens) -> Node:
    """The structure of a text without white space.

    Raises:
        UnstructuredError: There is none, or it is deeper than `DEEPEST`.
    """
    try:
        node, end = _value(tokens, 0, DEEPEST)
    except IndexError:
        raise UnstructuredError from None
    if end != len(tokens):
        raise UnstructuredError
    return node


def flattened(node: Node) -> Tokens:
    """The tokens of a structure, without white space."""
    return tuple(_flat(node))


def ordered(node: Node, rank: Callable[[str], Any]) -> Node:
    """The structure with the members of every object sorted by the rank of their keys."""
    if isinstance(node, Object):
        ranked = sorted(node.members, key=lambda member: rank(decoded(member[0])))
        return Object(tuple((key, ordered(value, rank)) for key, value in ranked))
    if isinstance(node, Array):
        return Array(tuple(ordered(value, rank) for value in node.items))
    return node


def _value(tokens: Tokens, at: int, depth: int) -> tuple[Node, int]:
    """The value that begins at a position, and the position after it."""
    piece = tokens[at]
    if piece not in {"{", "["}:
        if piece in {"}", "]", ",", ":"}:
            raise UnstructuredError
        return piece, at + 1
    if depth == 0:
        raise UnstructuredError
    if piece == "{":
        return _members(tokens, at + 1, depth - 1)
    return _items(tokens, at + 1, depth - 1)


def _members(tokens: Tokens, at: int, depth: int) -> tuple[Object, int]:
    members: list[tuple[str, Node]] = []
    if tokens[at] == "}":
        return Object(()), at + 1
    while True:
        key = tokens[at]
        if not key.startswith('"') or tokens[at + 1] != ":":
            raise UnstructuredError
        value, at = _value(tokens, at + 2, depth)
        members.append((key, value))
        if _ends(tokens[at], "}"):
            return Object(tuple(members)), at + 1
        at += 1


def _items(tokens: Tokens, at: int, depth: int) -> tuple[Array, int]:
    items: list[Node] = []
    if tokens[at] == "]":
        return Array(()), at + 1
    while True:
        value, at = _value(tokens, at, depth)
        items.append(value)
        if _ends(tokens[at], "]"):
            return Array(tuple(items)), at + 1
        at += 1


def _ends(piece: str, bracket: str) -> bool:
    if piece not in {bracket, ","}:
        raise UnstructuredError
    return piece == bracket


def _flat(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
        return
    is_object = isinstance(node, Object)
    yield "{" if is_object else "["
    if isinstance(node, Object):
        for number, (key, value) in enumerate(node.members):
            yield from (",", key, ":") if number else (key, ":")
            yield from _flat(value)
    else:
        for number, value in enumerate(node.items):
            if number:
                yield ","
            yield from _flat(value)
    yield "}" if is_object else "]"
