from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from receiver.judging.signing import Secrets, digest, sign, signature_values, verify
from store.records import Verdict
from tests.conftest import SECRET

BODY = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{}}'
HEX = digest(SECRET, BODY).encode("ascii")
GOOD = b"sha256=" + HEX
NAME = b"X-Propexo-Signature"

# Published by others, so that the arithmetic is not only our own.
PUBLISHED = {
    "GitHub, Validating webhook deliveries": (
        b"It's a Secret to Everybody",
        b"Hello, World!",
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    ),
    "Octokit, webhooks-methods.js": (
        b"mysecret",
        b'{"foo":"bar"}',
        "4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3",
    ),
    "RFC 4231 §4.3, test case 2": (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
}


def judge(*values: bytes, body: bytes = BODY, name: bytes = NAME) -> Verdict:
    return verify([(name, value) for value in values], body, Secrets(SECRET))


def other(value: bytes, body: bytes = BODY, secret: bytes = SECRET) -> bytes:
    return value + sign(secret, body).encode("ascii")


@pytest.mark.parametrize(("secret", "body", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_vector(secret: bytes, body: bytes, expected: str) -> None:
    assert sign(secret, body) == f"sha256={expected}"
    headers = [(NAME, f"sha256={expected}".encode("ascii"))]
    assert verify(headers, body, Secrets(secret)) is Verdict.VALID
    assert verify(headers, body + b" ", Secrets(secret)) is Verdict.INVALID


VARIANTS = {
    "S2-empty": [b""],
    "S3-test_signature": [b"test_signature"],
    "S4-no-prefix": [HEX],
    "S5-prefix-in-capitals": [b"SHA256=" + HEX],
    "S6-sha1": [b"sha1=" + hmac.new(SECRET, BODY, "sha1").hexdigest().encode()],
    "S6-sha512": [b"sha512=" + hmac.new(SECRET, BODY, "sha512").hexdigest().encode()],
    "S6-sha512-named-sha256": [b"sha256=" + hmac.new(SECRET, BODY, "sha512").hexdigest().encode()],
    "S7-63-digits": [GOOD[:-1]],
    "S7-65-digits": [GOOD + b"0"],
    "S8-base64": [b"sha256=" + base64.b64encode(bytes.fromhex(HEX.decode()))],
    "S9-in-quotes": [b'"' + GOOD + b'"'],
    "S10-upper-case-hex": [b"sha256=" + HEX.upper()],
    "S12-utf-8": ["sha256=é".encode()],
    "S12-utf-8-within-64": [b"sha256=" + "é".encode() + HEX[2:]],
    "S13-a-raw-byte": [b"sha256=\xe9"],
    "S13-64-raw-bytes": [b"sha256=" + b"\xe9" * 64],
    "S14-full-width-digits": [b"sha256=" + "１".encode() * 64],
    "S15-twice-the-same": [GOOD, GOOD],
    "S16-good-then-bad": [GOOD, b"sha256=" + b"0" * 64],
    "S16-bad-then-good": [b"sha256=" + b"0" * 64, GOOD],
    "S16-empty-then-good": [b"", GOOD],
    "S17-two-in-one-value": [GOOD + b", " + GOOD],
    "S18-of-a-body-with-a-space": [other(b"", BODY + b" ")],
    "S18-of-a-body-with-a-line-end": [other(b"", b"\n" + BODY)],
    "S18-of-a-rewritten-body": [other(b"", BODY.replace(b":", b": "))],
    "S19-another-secret": [other(b"", secret=b"another secret")],
    "S19-the-secret-and-a-line-end": [other(b"", secret=SECRET + b"\n")],
    "S21-zeros": [b"sha256=" + b"0" * 64],
    "S21-of-nothing-with-an-empty-key": [
        b"sha256=" + hmac.new(b"", b"", hashlib.sha256).hexdigest().encode()
    ],
    "S23-8000-bytes": [b"sha256=" + b"a" * 7_993],
    "S24-a-line-end-after-it": [GOOD + b"\n"],
    "S24-a-line-end-before-it": [b"\n" + GOOD],
    "a-stripped-unicode-space": [GOOD + "\u00a0".encode()],
    "NUL-after-it": [GOOD + b"\x00"],
}


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_anything_but_the_published_form_is_invalid(values: list[bytes]) -> None:
    assert judge(*values) is Verdict.INVALID


def test_s1_no_header_is_missing() -> None:
    assert judge() is Verdict.MISSING


@pytest.mark.parametrize(
    "name", [b"X_Propexo_Signature", b"X-Hub-Signature-256", b"X-Propexo-Signature ", b""]
)
def test_s22_another_name_is_missing(name: bytes) -> None:
    assert judge(GOOD, name=name) is Verdict.MISSING


@pytest.mark.parametrize("name", [NAME.lower(), NAME.upper(), b"x-PROPEXO-signature"])
def test_the_name_of_a_header_has_no_case(name: bytes) -> None:
    assert judge(GOOD, name=name) is Verdict.VALID


@pytest.mark.parametrize("value", [b" " + GOOD, GOOD + b" ", b"\t" + GOOD + b"\t ", GOOD])
def test_s11_the_white_space_that_http_allows_is_no_part_of_it(value: bytes) -> None:
    assert judge(value) is Verdict.VALID


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"\xff\xfe", b"\x1b[2J\xe2\x99\xa5", b"x" * 100_000]
)
def test_s20_any_bytes_can_be_signed(body: bytes) -> None:
    headers = [(NAME, sign(SECRET, body).encode("ascii"))]
    assert verify(headers, body, Secrets(SECRET)) is Verdict.VALID
    assert verify(headers, body + b"\n", Secrets(SECRET)) is Verdict.INVALID


def test_the_previous_secret_is_accepted_until_it_is_gone() -> None:
    headers = [(NAME, sign(b"old", BODY).encode("ascii"))]
    assert verify(headers, BODY, Secrets(b"new", b"old")) is Verdict.VALID
    assert verify(headers, BODY, Secrets(b"old", b"new")) is Verdict.VALID
    assert verify(headers, BODY, Secrets(b"new")) is Verdict.INVALID


def test_s26_an_empty_secret_is_refused_and_an_empty_previous_one_is_none() -> None:
    with pytest.raises(ValueError, match="anyone could sign"):
        Secrets(b"")
    with_empty_key = [(NAME, sign(b"", BODY).encode("ascii"))]
    assert verify(with_empty_key, BODY, Secrets(SECRET, b"")) is Verdict.INVALID


def test_secrets_do_not_show_themselves() -> None:
    secrets = Secrets(b"current-secret", b"previous-secret")
    assert "secret" not in f"{secrets!r} {secrets}".replace("Secrets", "")


def test_every_secret_is_compared_whichever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that it takes must not tell which of the two fits."""
    compared = []
    compare = hmac.compare_digest

    def count(one: bytes, two: bytes) -> bool:
        compared.append((one, two))
        return compare(one, two)

    monkeypatch.setattr("receiver.judging.signing.hmac.compare_digest", count)
    verify([(NAME, GOOD)], BODY, Secrets(SECRET, b"old"))
    verify([(NAME, GOOD)], BODY, Secrets(b"new", SECRET))
    assert len(compared) == 4


header_names = st.sampled_from([NAME, NAME.lower(), b"Host", b""]) | st.binary(max_size=30)
header_values = (
    st.binary(max_size=200)
    | st.binary(max_size=70).map(lambda tail: b"sha256=" + tail)
    | st.text("0123456789abcdefABCDEF", min_size=63, max_size=65).map(
        lambda t: b"sha256=" + t.encode()
    )
)


@given(st.lists(st.tuples(header_names, header_values), max_size=6), st.binary(max_size=300))
@example([(NAME, b"\xff" * 71)], b"")
def test_no_header_and_no_body_raises_or_passes(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    # Chance does not find a digest of 256 bits.
    given_any = bool(signature_values(headers))
    expected = Verdict.INVALID if given_any else Verdict.MISSING
    assert verify(headers, body, Secrets(SECRET, b"old")) is expected


@given(st.binary(min_size=1, max_size=80), st.binary(max_size=300), st.integers(0, 300 * 8 - 1))
def test_whatever_is_signed_is_valid_until_a_bit_changes(
    secret: bytes, body: bytes, bit: int
) -> None:
    headers = [(NAME, sign(secret, body).encode("ascii"))]
    assert verify(headers, body, Secrets(secret)) is Verdict.VALID
    changed = bytearray(body or b"\x00")
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    assert verify(headers, bytes(changed), Secrets(secret)) is Verdict.INVALID


def test_long_headers_and_bodies_are_judged_in_milliseconds() -> None:
    headers = [(NAME, b"sha256=" + b"a" * 100_000)] * 60 + [(b"a" * 100_000, b" \t" * 50_000)] * 60
    started = time.thread_time()
    assert verify(headers, b"x" * (1 << 20), Secrets(SECRET)) is Verdict.INVALID
    assert time.thread_time() - started < 0.5
