"""The spellings that make a difference for one body.

Most stacks write most bodies alike: what they escape does not occur. Stacks that spell a body in
the same way are one writing here, so that each text is tried once.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from receiver.diagnosis import stacks
from receiver.diagnosis.tokens import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from receiver.diagnosis.layouts import Layout
    from receiver.diagnosis.orders import Order
    from receiver.diagnosis.stacks import Stack
    from receiver.diagnosis.tokens import Tokens

_DIGITS = frozenset("-0123456789")
#: Strings of characters that no stack escapes.
_USUAL = re.compile(r'"[A-Za-z0-9 _.:,;!?@#$%()*\[\]{}|~^-]*"')


class Writing:
    """A way to spell strings and numbers that makes a difference for this body."""

    def __init__(self, stack: Stack, spelt: Mapping[str, str]) -> None:
        self.forms = _forms(stack)
        """The layouts and orders of all stacks that spell this body in the same way."""
        self._name = stack.name
        self._spelt = spelt

    @property
    def phrase(self) -> str:
        """For a sentence; empty for the spelling received."""
        return f"strings and numbers as {self._name} writes them" if self._spelt else ""

    def respell(self, tokens: Tokens) -> Tokens:
        """The tokens in this spelling."""
        spelt = self._spelt
        return tuple([spelt.get(token, token) for token in tokens]) if spelt else tokens

    def shared_with(self, stack: Stack) -> None:
        """Takes in the forms of another stack that spells this body in the same way."""
        self.forms |= _forms(stack)


def writings_of(tokens: Tokens) -> list[Writing]:
    """The distinct spellings of a text, the one received first."""
    found: dict[tuple[tuple[str, str], ...], Writing] = {(): Writing(stacks.RECEIVED, {})}
    unusual = [token for token in dict.fromkeys(tokens) if _is_unusual(token)]
    texts = {token: decoded(token) for token in unusual if token[0] == '"'}
    for stack in stacks.ALL:
        spelt = {token: _spelt(token, texts, stack) for token in unusual}
        spelt = {token: written for token, written in spelt.items() if written != token}
        found.setdefault(tuple(spelt.items()), Writing(stack, spelt)).shared_with(stack)
    return list(found.values())


def _forms(stack: Stack) -> dict[tuple[Order, Layout], None]:
    """The pairs of an order and a layout that a stack writes; a dict for its order."""
    return dict.fromkeys(product(stack.key_orders, stack.layouts))


def _is_unusual(token: str) -> bool:
    """Whether stacks may spell a token in different ways."""
    return token[0] in _DIGITS or (token[0] == '"' and not _USUAL.fullmatch(token))


def _spelt(token: str, texts: dict[str, str], stack: Stack) -> str:
    if token[0] != '"':
        return stack.numbers(token)
    return stack.strings.spell(texts[token]) if stack.strings else token
