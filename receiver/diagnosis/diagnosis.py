"""The diagnosis of one request: what a search found, told in words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from receiver.diagnosis import wording
from receiver.diagnosis.budget import Budget
from receiver.diagnosis.codes import DiagnosisCode, in_order
from receiver.diagnosis.difference import Difference, first_difference
from receiver.diagnosis.search import Search
from receiver.diagnosis.sources import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.diagnosis.findings import Match, Step
    from receiver.diagnosis.hypotheses import Fault
    from receiver.diagnosis.sources import Sources
    from receiver.judging.signing import Secrets
    from store.records import Headers

#: Seconds; what one refused delivery may cost while others arrive.
DEFAULT_BUDGET_S: Final = 0.045
#: Faults of form that leave the digest readable, so that it was tried too.
_READABLE: Final = frozenset(
    {
        DiagnosisCode.MISSING_PREFIX,
        DiagnosisCode.UPPER_CASE,
        DiagnosisCode.BASE64_DIGEST,
        DiagnosisCode.WRONG_ALGORITHM,
        DiagnosisCode.AMBIGUOUS_HEADER,
    }
)
_BODY_LINES: Final = "It arrived without its line ends, as curl -d @FILE sends it."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a signature did not match, or that it did under the previous secret."""

    code: DiagnosisCode
    explanation: str
    """Whole sentences: the cause, its proof and the cure. Holds no digest and no secret."""
    also: tuple[DiagnosisCode, ...] = ()
    """What is wrong besides, where only all of it together explains the signature."""
    proof: str = ""
    """The sentence of the explanation that says which digest fits; empty if none does."""
    difference: Difference | None = None
    """Where the body received differs from what was signed, if that was another form of it."""
    steps: tuple[Step, ...] = ()
    """What was tried, in order."""
    tried: int = 0
    """How many digests were recomputed."""
    cut_short: bool = False
    """Whether something was left out for want of time."""

    @property
    def codes(self) -> tuple[DiagnosisCode, ...]:
        """All that is wrong, what to put right first coming first."""
        return (self.code, *self.also)


def diagnose(
    headers: Headers,
    body: bytes,
    secrets: Secrets | None,
    *,
    budget_s: float = DEFAULT_BUDGET_S,
    clock: Callable[[], float] = time.perf_counter,
) -> Diagnosis | None:
    """Explains the signature of a request; no header and no body makes it raise.

    Args:
        headers: All headers of the request as they came.
        body: The whole body as it came; the beginning of a body cannot be diagnosed.
        secrets: The secrets in force; None if there is none.
        budget_s: Seconds that the search may take; `math.inf` tries everything.
        clock: Seconds from any fixed point.

    Returns:
        The diagnosis of a signature that is refused, or `previous_secret` for one that is accepted
        under the previous secret; None for one that is valid under the current secret.
    """
    if secrets is None:
        return Diagnosis(DiagnosisCode.NO_SECRET, wording.told((DiagnosisCode.NO_SECRET,)))
    found = sources(headers)
    search = Search(found, body, secrets, Budget(budget_s, clock))
    match = search.run()
    if match:
        return _proven(match, body, search)
    if found.own is None:
        return _without_header(found, search)
    if found.own.faults:
        return _by_form(found.own.faults, search)
    return _unknown(headers, body, search)


def _proven(match: Match, body: bytes, search: Search) -> Diagnosis | None:
    """What a fitting digest proves; None when nothing is wrong with it."""
    faults = match.claim.faults_under(match.algorithm)
    body_codes, body_remark = _changed(match, body)
    codes = in_order((*(fault.code for fault in faults), *match.made_codes, *body_codes))
    if not codes:
        return None
    difference = first_difference(body, match.message.content) if match.message.is_body else None
    proof = wording.proof(match)
    details = [fault.remark for fault in faults]
    details += [body_remark, proof, wording.parting(difference) if difference else ""]
    remedies = {DiagnosisCode.SECRET_WHITESPACE: match.key.remedy} if match.key.remedy else {}
    return Diagnosis(
        codes[0],
        wording.told(codes, details, remedies),
        codes[1:],
        proof,
        difference,
        tuple(search.steps),
        search.tried,
        search.cut_short,
    )


def _changed(match: Match, body: bytes) -> tuple[tuple[DiagnosisCode, ...], str]:
    """What was done to the body, and a remark on it.

    A text written again that differs in nothing but line ends only lost those.
    """
    codes = match.message.codes
    if codes != (DiagnosisCode.BODY_RESERIALIZED,) or not match.message.is_body:
        return codes, ""
    if _on_one_line(match.message.content) != body:
        return codes, ""
    return (DiagnosisCode.BODY_LINE_ENDINGS,), _BODY_LINES


def _on_one_line(body: bytes) -> bytes:
    return body.replace(b"\r", b"").replace(b"\n", b"")


def _without_header(found: Sources, search: Search) -> Diagnosis:
    codes = (DiagnosisCode.MISSING_HEADER,)
    return _unproven(codes, [wording.other_headers(len(found.others))], search)


def _by_form(faults: tuple[Fault, ...], search: Search) -> Diagnosis:
    """What the header's form alone proves."""
    codes = in_order(tuple(fault.code for fault in faults))
    details = [fault.remark for fault in faults]
    also: tuple[DiagnosisCode, ...] = ()
    if search.tried and _READABLE.issuperset(codes):
        also = (DiagnosisCode.UNKNOWN_SECRET,)
        details += wording.unexplained_too(search)
    return _unproven(codes, details, search, also)


def _unknown(headers: Headers, body: bytes, search: Search) -> Diagnosis:
    details = [*wording.attempts(search), *wording.circumstances(headers, body)]
    return _unproven((DiagnosisCode.UNKNOWN_SECRET,), details, search)


def _unproven(
    codes: tuple[DiagnosisCode, ...],
    details: list[str],
    search: Search,
    also: tuple[DiagnosisCode, ...] = (),
) -> Diagnosis:
    """A diagnosis without a digest that fits; `also` is told by the details already."""
    return Diagnosis(
        codes[0],
        wording.told(codes, details),
        (*codes[1:], *also),
        steps=tuple(search.steps),
        tried=search.tried,
        cut_short=search.cut_short,
    )
