"""The diagnosis as a whole: when there is one, and what it carries."""

from __future__ import annotations

import pytest

from receiver.diagnosis import (
    EXPLANATIONS,
    Diagnosis,
    DiagnosisCode,
    Difference,
    StepOutcome,
    diagnose,
    explain,
)
from receiver.judging.signing import Secrets, sign
from tests.unit.receiver.refused_requests import CURRENT, PREVIOUS, SECRETS, headers

BODY = b'{"event": "test.ping", "timestamp": "2026-03-25T10:00:00Z", "data": {}}'
COMPACT = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{}}'
Code = DiagnosisCode


def told(value: str | bytes, body: bytes = BODY, secrets: Secrets = SECRETS) -> Diagnosis:
    diagnosis = diagnose(headers(value), body, secrets, budget_s=10)
    assert diagnosis
    return diagnosis


def test_a_valid_signature_needs_no_diagnosis() -> None:
    assert diagnose(headers(sign(CURRENT, BODY)), BODY, SECRETS) is None


def test_a_valid_signature_is_recognised_even_without_any_time() -> None:
    assert diagnose(headers(sign(CURRENT, BODY)), BODY, SECRETS, budget_s=0) is None


def test_the_previous_secret_is_noted() -> None:
    assert told(sign(PREVIOUS, BODY)).codes == (Code.PREVIOUS_SECRET,)


def test_without_a_secret_nothing_can_be_said() -> None:
    diagnosis = diagnose(headers(sign(CURRENT, BODY)), BODY, None)
    assert diagnosis
    assert diagnosis.codes == (Code.NO_SECRET,)


def test_a_missing_header() -> None:
    diagnosis = diagnose(((b"Host", b"localhost"),), BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.MISSING_HEADER,)


def test_the_codes_are_those_that_scripts_parse() -> None:
    assert [code.value for code in DiagnosisCode] == [
        "no_secret",
        "missing_header",
        "wrong_header",
        "placeholder",
        "malformed",
        "ambiguous_header",
        "missing_prefix",
        "upper_case",
        "base64_digest",
        "wrong_algorithm",
        "other_scheme",
        "secret_whitespace",
        "previous_secret",
        "body_whitespace",
        "body_line_endings",
        "body_reserialized",
        "body_encoding",
        "body_compressed",
        "unknown_secret",
    ]


@pytest.mark.parametrize("code", DiagnosisCode)
def test_every_code_has_a_cause_and_a_cure_in_whole_sentences(code: DiagnosisCode) -> None:
    for text in (*explain(code), EXPLANATIONS[code].proof):
        assert text.endswith(".")
        assert text[0].isupper()
        assert text.isascii()
        assert text.isprintable()


def test_the_explanation_says_cause_proof_difference_and_cure() -> None:
    diagnosis = told(sign(CURRENT, COMPACT))
    cause, cure = explain(Code.BODY_RESERIALIZED)
    assert diagnosis.explanation == (
        f"{cause} Under the secret in force, the signature received is the HMAC-SHA256 of the body "
        "written again: compact, as JSON.stringify of JavaScript writes it. The two differ from "
        f"byte 10 on. {cure}"
    )
    assert diagnosis.difference == Difference(9, b' "test.ping", "t', b'"test.ping","tim')


def test_what_was_tried_is_listed_up_to_what_fits() -> None:
    steps = told(sign(CURRENT, COMPACT)).steps
    assert steps[0].name == "the body as received"
    assert {step.outcome for step in steps[:-1]} == {StepOutcome.NO_FIT}
    assert steps[-1].outcome is StepOutcome.FITS


def test_an_unknown_secret_comes_with_everything_that_was_tried() -> None:
    diagnosis = told(sign(b"the secret of somebody else", BODY))
    assert diagnosis.code is Code.UNKNOWN_SECRET
    assert diagnosis.tried == sum(step.tried for step in diagnosis.steps)
    assert f"{diagnosis.tried:,} digests were recomputed in vain" in diagnosis.explanation
    assert all(step.name in diagnosis.explanation for step in diagnosis.steps)
    assert not diagnosis.cut_short


def test_an_empty_body_and_a_compression_that_cannot_be_undone_are_mentioned() -> None:
    wrong = sign(b"the secret of somebody else", BODY).encode()
    sent = ((b"X-Propexo-Signature", wrong), (b"Content-Encoding", b"BR"))
    compressed = diagnose(sent, BODY, SECRETS)
    empty = diagnose(sent[:1], b"", SECRETS)
    assert compressed
    assert empty
    assert "compressed with br" in compressed.explanation
    assert "arrived empty" in empty.explanation
