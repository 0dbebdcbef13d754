"""Every wrong way of signing is refused, and recognised for what it is."""

from __future__ import annotations

import pytest

from receiver.diagnosis import diagnose
from receiver.judging.signing import Secrets, verify
from sample_payloads.catalogue import load_catalogue
from sample_payloads.edits import to_bytes
from sample_payloads.signatures import Mistake, find_mistake, sign_body
from store.records import Verdict

SECRET = b"whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"
SAMPLE = load_catalogue().find("data_update_unit")
BODIES = {"compact": to_bytes(SAMPLE.payload), "as in the file": SAMPLE.body, "ping": b'{"a":1}'}


def _raw(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in headers)


def test_the_right_way_is_accepted() -> None:
    signed = sign_body(SECRET, SAMPLE.body)
    assert signed.body == SAMPLE.body
    assert verify(_raw(signed.headers), signed.body, Secrets(SECRET)) is Verdict.VALID


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("mistake", Mistake)
def test_a_mistake_is_refused_and_diagnosed(mistake: Mistake, body: bytes) -> None:
    signed = sign_body(SECRET, body, mistake)
    headers = _raw(signed.headers)
    assert verify(headers, signed.body, Secrets(SECRET)) is not Verdict.VALID
    found = diagnose(headers, signed.body, Secrets(SECRET))
    assert found is not None
    assert found.code == mistake.diagnosis


def test_no_signature_of_a_mistake_is_the_right_one_in_disguise() -> None:
    for body in (b"", b"\xff", b"{}", b"[1]", b'{\n  "a": 1\n}'):
        for mistake in Mistake:
            signed = sign_body(SECRET, body, mistake)
            verdict = verify(_raw(signed.headers), signed.body, Secrets(SECRET))
            assert verdict is not Verdict.VALID, (body, mistake)


@pytest.mark.parametrize("mistake", Mistake)
def test_a_mistake_is_found_by_its_name_and_by_its_diagnosis(mistake: Mistake) -> None:
    assert find_mistake(mistake.value.replace("_", "-").upper()) is mistake
    assert find_mistake(mistake.diagnosis).diagnosis == mistake.diagnosis


def test_an_unknown_mistake_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match="missing, placeholder"):
        find_mistake("typo")
