"""Recomputed digests, compared with those that a request claims."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from receiver.diagnosis.algorithms import usable
from receiver.diagnosis.alternatives import alternatives
from receiver.diagnosis.findings import Match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from receiver.diagnosis.budget import Budget
    from receiver.diagnosis.claims import Claim
    from receiver.diagnosis.hypotheses import Key, Message

#: Seconds a byte that a digest is expected to cost: HMAC-SHA256, and the slowest of the others.
_HASHING: Final = 1.2e-9
_HASHING_OTHERWISE: Final = 6e-9


class Oracle:
    """Says whether a message under a key gives one of the claimed digests."""

    def __init__(self, claims: Iterable[Claim], budget: Budget) -> None:
        self.tried = 0
        """How many digests were recomputed."""
        self._budget = budget
        self._claims: dict[str, list[Claim]] = {}
        for claim in claims:
            if usable(claim.algorithm):
                self._claims.setdefault(claim.algorithm, []).append(claim)
        self._states: dict[tuple[bytes, str], hmac.HMAC] = {}

    def ask(
        self, message: Message, keys: Iterable[Key], *, whatever_it_costs: bool = False
    ) -> Match | None:
        """The first key under which the message gives a claimed digest."""
        cost_s = len(message.content) * _HASHING
        for key in keys:
            for algorithm, claims in self._claims.items():
                if not (whatever_it_costs or self._budget.affords(cost_s)):
                    return None
                self.tried += 1
                state = self._keyed(key.material, algorithm).copy()
                state.update(message.content)
                digest = state.digest()
                for claim in claims:
                    if hmac.compare_digest(digest, claim.digest):
                        return Match(claim, message, key, algorithm)
        return None

    def ask_otherwise(self, message: Message, keys: Iterable[Key]) -> Match | None:
        """The first key with which the message gives a claimed digest by a mistaken algorithm."""
        cost_s = len(message.content) * _HASHING_OTHERWISE
        for key in keys:
            for algorithm, claims in self._claims.items():
                if not self._budget.affords(cost_s):
                    return None
                for made in alternatives(algorithm, key.material, message.content):
                    self.tried += 1
                    for claim in claims:
                        if hmac.compare_digest(made.digest, claim.digest):
                            how = (made.algorithm, made.recipe, made.keyed)
                            return Match(claim, message, key, *how)
                    if not self._budget.affords(cost_s):
                        return None
        return None

    def _keyed(self, material: bytes, algorithm: str) -> hmac.HMAC:
        """An HMAC's state before any message; to copy it costs half of what keying costs."""
        state = self._states.get((material, algorithm))
        if state is None:
            state = hmac.new(material, digestmod=algorithm)
            self._states[material, algorithm] = state
        return state
