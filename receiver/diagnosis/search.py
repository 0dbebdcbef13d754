"""The search: digests recomputed for one hypothesis after another until one is the one received."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from receiver.diagnosis import keys
from receiver.diagnosis.bodies import AS_RECEIVED
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.families import families, first_families, packed_families
from receiver.diagnosis.findings import Match, Step, StepOutcome
from receiver.diagnosis.hypotheses import Key, Message
from receiver.diagnosis.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from receiver.diagnosis.budget import Budget
    from receiver.diagnosis.families import Family
    from receiver.diagnosis.sources import Sources
    from receiver.judging.signing import Secrets

#: Seconds a byte that looking for a packed body is expected to cost.
_UNPACKING: Final = 2e-8
#: How many forms of the body are tried under other spellings of the secret: of one family, and in
#: bytes of all.
_MOST_PAIRED: Final = 24
_MOST_PAIRED_BYTES: Final = 16 * 1024 * 1024


class Search:
    """Looks for what was signed, and with what, within a budget."""

    def __init__(self, sources: Sources, body: bytes, secrets: Secrets, budget: Budget) -> None:
        self.steps: list[Step] = []
        self._sources = sources
        self._body = body
        self._received = Message(body, AS_RECEIVED)
        self._budget = budget
        self._oracle = Oracle(sources.claims, budget)
        self._configured = keys.configured(secrets)
        self._spellings = keys.spellings(self._configured)
        self._spellings_in_force = [
            key for key in self._spellings if DiagnosisCode.PREVIOUS_SECRET not in key.codes
        ]
        self._seen: set[int] = {hash(body)}
        self._paired: list[Message] = []
        self._room = _MOST_PAIRED_BYTES

    @property
    def tried(self) -> int:
        """How many digests were recomputed."""
        return self._oracle.tried

    @property
    def budget_s(self) -> float:
        """How many seconds were allowed."""
        return self._budget.seconds

    @property
    def cut_short(self) -> bool:
        """Whether something was left out for want of time."""
        return self._budget.refused > 0

    def run(self) -> Match | None:
        """The first match, the most specific hypotheses first; None if nothing fits in time."""
        if not self._sources.claims:
            return None
        return (
            self._as_received()
            or self._other_schemes(self._configured)
            or self._first_of(first_families(self._body))
            or self._step("other spellings of the secret", [self._received], self._spellings)
            or self._first_of(families(self._body))
            or self._other_algorithms()
            or self._inside_of_packing()
            or self._other_schemes(self._spellings)
            or self._step("secret and body together", self._paired, self._spellings_in_force)
        )

    def _as_received(self) -> Match | None:
        """The one step that no budget prevents: it tells a valid signature from any other."""
        match = self._oracle.ask(self._received, self._configured, whatever_it_costs=True)
        self._note("the body as received", 0, 0, match)
        return match

    def _other_schemes(self, known: tuple[Key, ...]) -> Match | None:
        every = tuple(_unblamed(key) for key in (*self._configured, *self._spellings))
        for envelope in self._sources.envelopes:
            content = envelope.before + self._body + envelope.after
            message = Message(
                content, envelope.phrase, (DiagnosisCode.OTHER_SCHEME,), is_body=False
            )
            tried = every if envelope.decodes_secret else known
            match = self._step(f"other schemes: {envelope.phrase}", [message], tried)
            if match:
                return match
        return None

    def _other_algorithms(self) -> Match | None:
        before, refused = self.tried, self._budget.refused
        match = self._oracle.ask_otherwise(self._received, self._configured)
        self._note("other algorithms", before, refused, match)
        return match

    def _inside_of_packing(self) -> Match | None:
        if not self._budget.affords(len(self._body) * _UNPACKING):
            return None
        return self._first_of(packed_families(self._body))

    def _first_of(self, candidates: Iterable[Family]) -> Match | None:
        for family in candidates:
            match = self._step(family.name, self._unseen(family), self._configured)
            if match:
                return match
        return None

    def _unseen(self, family: Family) -> Iterator[Message]:
        """The family's messages that did not come before, as long as time allows."""
        if not self._budget.affords(family.size * family.first):
            return
        room = _MOST_PAIRED if family.paired else 0
        for message in family.messages():
            mark = hash(message.content)
            if mark not in self._seen:
                self._seen.add(mark)
                if room > 0 and self._room >= len(message.content):
                    room -= 1
                    self._room -= len(message.content)
                    self._paired.append(message)
                yield message
            if not self._budget.affords(family.size * family.each):
                return

    def _step(self, name: str, messages: Iterable[Message], known: Sequence[Key]) -> Match | None:
        """Tries every message under every key, and notes how it went."""
        before, refused = self.tried, self._budget.refused
        match = None
        for message in messages:
            match = self._oracle.ask(message, known)
            if match or self._budget.refused > refused:
                break
        self._note(name, before, refused, match)
        return match

    def _note(self, name: str, before: int, refused: int, match: Match | None) -> None:
        tried = self.tried - before
        if match:
            outcome = StepOutcome.FITS
        elif self._budget.refused > refused:
            outcome = StepOutcome.CUT_SHORT
        else:
            outcome = StepOutcome.NO_FIT
        if tried or outcome is StepOutcome.CUT_SHORT:
            self.steps.append(Step(name, tried, outcome))


def _unblamed(key: Key) -> Key:
    """The key of a scheme that decodes the secret by itself: that is no fault of the secret."""
    codes = tuple(code for code in key.codes if code != DiagnosisCode.SECRET_WHITESPACE)
    return replace(key, codes=codes, remedy="")
