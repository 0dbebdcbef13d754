"""Numbers that lost or gained ``.0`` when a body was parsed and written again.

A field is a whole number or a double for its sender, so all numbers under one key change together.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from receiver.diagnosis.layouts import COLON
from receiver.diagnosis.numerals import toggled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.diagnosis.tokens import Tokens

_DIGITS: Final = frozenset("-0123456789")
#: Up to this many keys every set of them is tried; of more, each by itself and all together.
_FEW_KEYS: Final = 5
_MOST_KEYS: Final = 16


def renumberings(tokens: Tokens) -> Iterator[Tokens]:
    """A text without white space with the numbers of some keys written the other way."""
    for places in _subsets(_places(tokens)):
        changed = [toggled(token) if at in places else token for at, token in enumerate(tokens)]
        yield tuple(changed)


def _places(tokens: Tokens) -> list[frozenset[int]]:
    """Where numbers stand that may have changed, by the key that they stand under."""
    places: dict[str, set[int]] = {}
    key = ""
    for at, token in enumerate(tokens):
        if token == COLON:
            key = tokens[at - 1]
        elif token[0] in _DIGITS and toggled(token) != token:
            places.setdefault(key, set()).add(at)
    return [frozenset(group) for group in list(places.values())[:_MOST_KEYS]]


def _subsets(groups: list[frozenset[int]]) -> Iterator[frozenset[int]]:
    sizes = range(1, len(groups) + 1) if len(groups) <= _FEW_KEYS else (1, len(groups))
    for size in sizes:
        for chosen in combinations(groups, size):
            yield frozenset().union(*chosen)
