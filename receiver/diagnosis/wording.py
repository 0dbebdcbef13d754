"""The sentences of a diagnosis.

They are put together from constants and counts. From a request they quote nothing but the name of
another header, and that only if it is plain; never a value, a digest or a part of a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from receiver.diagnosis.algorithms import label
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.explanations import explain
from receiver.diagnosis.findings import StepOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from receiver.diagnosis.difference import Difference
    from receiver.diagnosis.findings import Match
    from receiver.diagnosis.search import Search
    from store.records import Headers

_COUNTS: Final = {2: "Two", 3: "Three", 4: "Four"}
_NOT_UNDONE: Final = {b"br": "br", b"zstd": "zstd", b"compress": "compress"}


def told(
    codes: tuple[DiagnosisCode, ...],
    details: Iterable[str] = (),
    remedies: Mapping[DiagnosisCode, str] | None = None,
) -> str:
    """The causes of all codes, then the details, then the cures.

    Args:
        codes: What is wrong, in the order in which it is told.
        details: Sentences on this very case.
        remedies: Cures to tell in place of the general ones.
    """
    causes, cures = zip(*map(explain, codes), strict=True)
    cures = tuple((remedies or {}).get(code, cure) for code, cure in zip(codes, cures, strict=True))
    intro = f"{_COUNTS.get(len(codes), 'Several')} things are wrong at once." * (len(codes) > 1)
    return " ".join(filter(None, (intro, *causes, *details, *cures)))


def proof(match: Match) -> str:
    """Which digest is the one received."""
    made = match.recipe or f"the HMAC-{_joined(match.algorithm)} of {match.message.phrase}"
    sentence = f"{match.claim.place} is {made}."
    if match.keyed:
        return f"Under {match.key.phrase}, {sentence}"
    return sentence[:1].upper() + sentence[1:]


def parting(difference: Difference) -> str:
    """Where the body that arrived and the one that was signed part."""
    return f"The two differ from byte {difference.offset + 1:,} on."


def other_headers(count: int) -> str:
    """What to say of signatures in other headers that do not fit either."""
    if not count:
        return ""
    return "Another header holds a signature, but it does not fit."


def unexplained_too(search: Search) -> tuple[str, ...]:
    """What to say when a fault of form is proven but the digest fits nothing either."""
    sentence = (
        "Even read without that fault, the digest fits nothing that was tried: most likely the "
        "sender signs with another secret as well."
    )
    _, cure = explain(DiagnosisCode.UNKNOWN_SECRET)
    return sentence, *attempts(search), cure


def attempts(search: Search) -> tuple[str, ...]:
    """What was tried without success, and what there was no time for."""
    steps = search.steps
    finished = [step.name for step in steps if step.outcome is not StepOutcome.CUT_SHORT]
    unfinished = [step.name for step in steps if step.outcome is StepOutcome.CUT_SHORT]
    sentences = [f"{search.tried:,} digests were recomputed in vain for: {_listed(finished)}."]
    if unfinished:
        allowed = f"{search.budget_s * 1000:,.0f} ms"
        sentences.append(
            f"The {allowed} allowed were too short for: {_listed(unfinished)}; "
            "`meterbase-tui verify` takes the time that it needs."
        )
    return tuple(sentences)


def circumstances(headers: Headers, body: bytes) -> tuple[str, ...]:
    """What else can be seen of a request that nothing explains."""
    sentences = []
    if not body:
        sentences.append("The body arrived empty; a redirect or a proxy may have dropped it.")
    for name, value in headers:
        coding = _NOT_UNDONE.get(value.strip().lower())
        if name.lower() == b"content-encoding" and coding:
            sentences.append(f"The body is compressed with {coding}, which was not undone.")
    return tuple(dict.fromkeys(sentences))


def _joined(algorithm: str) -> str:
    return label(algorithm).replace("SHA-", "SHA")


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "nothing"
