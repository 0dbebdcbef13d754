"""What a diagnosis may cost: it keeps to its budget, and no body makes it take long."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from itertools import count

import pytest

from receiver.diagnosis import Diagnosis, DiagnosisCode, diagnose
from receiver.judging.signing import Secrets, sign

SECRET = b"whk_2f1c9a7be0d84635a1b2c3d4e5f60718"
SECRETS = Secrets(SECRET, b"whk_previous_90ab12cd34ef5678")
UNIT = {"id": "unit_xyz789+", "property_id": "prop_001", "sqft": 950, "status": "vacant"}
MEBIBYTE = 1 << 20
WRONG = ((b"X-Propexo-Signature", b"sha256=" + b"7f" * 32),)


def document(size: int) -> bytes:
    units = [UNIT] * (size // len(json.dumps(UNIT)))
    return json.dumps({"event": "data.new", "data": units}).encode()


def unexplained(body: bytes, budget_s: float) -> tuple[Diagnosis, float]:
    """A diagnosis that finds nothing, and the seconds of the processor that it took."""
    started = time.process_time()
    diagnosis = diagnose(WRONG, body, SECRETS, budget_s=budget_s)
    assert diagnosis
    return diagnosis, time.process_time() - started


def test_the_budget_is_kept_by_the_clock_that_is_given() -> None:
    # Every look at this clock is a millisecond later than the one before.
    ticks = count()
    diagnosis = diagnose(
        WRONG, document(2000), SECRETS, budget_s=0.045, clock=lambda: next(ticks) / 1000
    )
    assert diagnosis
    assert diagnosis.code is DiagnosisCode.UNKNOWN_SECRET
    assert diagnosis.cut_short
    assert 10 < diagnosis.tried <= 45
    assert "The 45 ms allowed were too short for:" in diagnosis.explanation
    assert "meterbase-tui verify" in diagnosis.explanation


def test_a_small_body_is_diagnosed_in_full_within_milliseconds() -> None:
    body = document(1024)
    found = [unexplained(body, 1.0) for _ in range(5)]
    for diagnosis, _ in found:
        assert not diagnosis.cut_short
        # Nothing is tried twice, and JSON is not searched for something packed in it.
        assert diagnosis.tried < 2500
        assert not any(step.name.startswith("inside of") for step in diagnosis.steps)
    # 9 ms on an AMD EPYC with nothing else to do.
    assert min(seconds for _, seconds in found) < 0.06


def test_a_mebibyte_costs_no_more_than_its_budget() -> None:
    body = document(MEBIBYTE - 100)
    took = min(unexplained(body, 0.045)[1] for _ in range(3))
    # 45 ms on an AMD EPYC with nothing else to do.
    assert took < 0.15


SEPARATORS = {"compact": (",", ":"), "spaced": (", ", ": ")}


@pytest.mark.parametrize(("signer", "sender"), [("compact", "spaced"), ("spaced", "compact")])
def test_a_mebibyte_written_again_is_found_in_time(signer: str, sender: str) -> None:
    content = json.loads(document(MEBIBYTE - 100))
    signed, received = (
        json.dumps(content, separators=SEPARATORS[writer]).encode() for writer in (signer, sender)
    )
    headers = ((b"X-Propexo-Signature", sign(SECRET, signed).encode()),)
    # With a clock that stands still only the expected costs decide what is left out.
    diagnosis = diagnose(headers, received, SECRETS, clock=lambda: 0.0)
    assert diagnosis
    assert diagnosis.codes == (DiagnosisCode.BODY_RESERIALIZED,)


HOSTILE = {
    "brackets": b"[" * MEBIBYTE,
    "objects": b'{"a":' * (MEBIBYTE // 5),
    "empty arrays": b"[" + b"[]," * (MEBIBYTE // 3 - 2) + b"[]]",
    "deep and wide": b"[" * 30 + b"1," * (MEBIBYTE // 2 - 60) + b"1" + b"]" * 30,
    "quotes": b"{" + b'"' * (MEBIBYTE - 1),
    "open string": b'{"' + b'\\"' * (MEBIBYTE // 2 - 1),
    "backslashes": b'{"' + b"\\" * (MEBIBYTE - 2),
    "digits": b"[" + b"9" * (MEBIBYTE - 2) + b"]",
    "numbers": b"[" + b"1.0e5," * (MEBIBYTE // 6 - 1) + b"1]",
    "escapes": b'["' + b"\\ud83d\\ude00" * (MEBIBYTE // 12 - 1) + b'"]',
    "combining marks": b'{"a":"' + "\u0301\u0327".encode() * (MEBIBYTE // 4 - 4) + b'"}',
    "percent signs": b"a=" + b"%7B" * (MEBIBYTE // 3 - 1),
    "entities": b"{" + b"&lt;" * (MEBIBYTE // 4 - 1),
    "Base64": b"QUJD" * (MEBIBYTE // 4),
    "hexadecimal": b"7b" * (MEBIBYTE // 2),
    "line ends": b"\r\n" * (MEBIBYTE // 2),
    "white space": b" " * MEBIBYTE,
    "zeros, compressed": gzip.compress(bytes(200 * MEBIBYTE), 9),
    "brackets, compressed": gzip.compress(b"[" * (3 * MEBIBYTE), 9),
    "not UTF-8": b'{"a":"' + b"\xff" * (MEBIBYTE - 8) + b'"}',
}


@pytest.mark.parametrize("size", [MEBIBYTE, 32 * 1024])
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_no_body_takes_much_more_than_the_budget(body: bytes, size: int) -> None:
    diagnosis, seconds = unexplained(body[:size], 0.045)
    assert diagnosis.code is DiagnosisCode.UNKNOWN_SECRET
    # 60 ms at most on an AMD EPYC with nothing else to do.
    assert seconds < 0.3


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_no_beginning_of_a_body_takes_long_without_a_budget(body: bytes) -> None:
    diagnosis, seconds = unexplained(body[: 16 * 1024], 1e9)
    assert not diagnosis.cut_short
    assert seconds < 5


def test_a_compressed_body_does_not_fill_the_memory() -> None:
    body = HOSTILE["zeros, compressed"]
    tracemalloc.start()
    try:
        unexplained(body, 0.045)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 48 * MEBIBYTE


@pytest.mark.parametrize("value", [b"%" * 8000, b'"' * 8000, b"a=" * 4000, b"v1,a " * 1600])
def test_no_header_takes_long(value: bytes) -> None:
    headers = tuple((name, value) for name in (b"X-Propexo-Signature", b"a-signature")) * 30
    started = time.process_time()
    assert diagnose(headers, b"{}", SECRETS)
    assert time.process_time() - started < 0.3
