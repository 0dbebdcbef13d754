"""What a search found and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from receiver.diagnosis.codes import DiagnosisCode

if TYPE_CHECKING:
    from receiver.diagnosis.claims import Claim
    from receiver.diagnosis.hypotheses import Key, Message


class StepOutcome(StrEnum):
    """How a step of the search ended."""

    FITS = "fits"
    NO_FIT = "no fit"
    #: Left out, or left off, for want of time.
    CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True)
class Step:
    """One family of hypotheses that was tried."""

    name: str
    tried: int
    """How many digests were recomputed."""
    outcome: StepOutcome


@dataclass(frozen=True, slots=True)
class Match:
    """What proved to be so: this message under this key gives this claim's digest."""

    claim: Claim
    message: Message
    key: Key
    algorithm: str
    """The algorithm that fits, by its short name."""
    recipe: str = ""
    """How the digest was made where it is not the usual HMAC: a noun phrase for a sentence."""
    keyed: bool = True
    """Whether the secret took part."""

    @property
    def made_codes(self) -> tuple[DiagnosisCode, ...]:
        """What is wrong with how the digest was made: the algorithm and the secret."""
        codes = self.key.codes if self.keyed else ()
        if self.recipe or self.algorithm != "sha256":
            return (DiagnosisCode.WRONG_ALGORITHM, *codes)
        return codes
