"""What is wrong with the header: its form, its name, or how its digest was made."""

from __future__ import annotations

import base64
import hashlib

import pytest

from receiver.diagnosis import DiagnosisCode, StepOutcome, diagnose
from receiver.judging.signing import sign
from tests.unit.receiver.refused_requests import (
    BODY,
    CURRENT,
    SECRETS,
    headers,
    hexdigest,
    rawdigest,
    told,
)

Code = DiagnosisCode


HEADER_FORMS = {
    "no prefix": (hexdigest(), (Code.MISSING_PREFIX,)),
    "a colon": (f"sha256:{hexdigest()}", (Code.MISSING_PREFIX,)),
    "another word": (f"signature={hexdigest()}", (Code.MISSING_PREFIX,)),
    "another algorithm's name": (f"sha512={hexdigest()}", (Code.MISSING_PREFIX,)),
    "upper-case digits": (f"sha256={hexdigest().upper()}", (Code.UPPER_CASE,)),
    "upper-case prefix": (f"SHA256={hexdigest()}", (Code.UPPER_CASE,)),
    "upper case without prefix": (hexdigest().upper(), (Code.MISSING_PREFIX, Code.UPPER_CASE)),
    "Base64": (f"sha256={base64.b64encode(rawdigest()).decode()}", (Code.BASE64_DIGEST,)),
    "Base64 without padding": (
        f"sha256={base64.b64encode(rawdigest()).decode().rstrip('=')}",
        (Code.BASE64_DIGEST,),
    ),
    "URL-safe Base64 alone": (
        base64.urlsafe_b64encode(rawdigest()),
        (Code.MISSING_PREFIX, Code.BASE64_DIGEST),
    ),
    "Base64 of the digits": (
        f"sha256={base64.b64encode(hexdigest().encode()).decode()}",
        (Code.BASE64_DIGEST,),
    ),
    "quotes": (f'"sha256={hexdigest()}"', (Code.MALFORMED,)),
    "Python's bytes": (f"b'sha256={hexdigest()}'", (Code.MALFORMED,)),
    "a space": (f"sha256= {hexdigest()}", (Code.MALFORMED,)),
    "a semicolon": (f"sha256={hexdigest()};", (Code.MALFORMED,)),
    "percent-encoded": (f"sha256%3D{hexdigest()}", (Code.MALFORMED,)),
    "the name repeated": (f"X-Propexo-Signature: sha256={hexdigest()}", (Code.MALFORMED,)),
    ".NET's pairs": (
        "-".join(f"{byte:02X}" for byte in rawdigest()),
        (Code.MALFORMED, Code.MISSING_PREFIX),
    ),
    "two in one": (f"sha256={hexdigest()}, sha256={hexdigest()}", (Code.AMBIGUOUS_HEADER,)),
    "SHA-1": (f"sha1={hexdigest(algorithm='sha1')}", (Code.WRONG_ALGORITHM,)),
    "SHA-512": (f"sha512={hexdigest(algorithm='sha512')}", (Code.WRONG_ALGORITHM,)),
    "SHA-384": (f"hmac-sha384={hexdigest(algorithm='sha384')}", (Code.WRONG_ALGORITHM,)),
    "MD5 alone": (hexdigest(algorithm="md5"), (Code.WRONG_ALGORITHM, Code.MISSING_PREFIX)),
    "SHA-1 called SHA-256": (f"sha256={hexdigest(algorithm='sha1')}", (Code.WRONG_ALGORITHM,)),
    "SHA3-256": (f"sha256={hexdigest(algorithm='sha3_256')}", (Code.WRONG_ALGORITHM,)),
    "no HMAC": (f"sha256={hashlib.sha256(BODY).hexdigest()}", (Code.WRONG_ALGORITHM,)),
    "secret in front": (
        f"sha256={hashlib.sha256(CURRENT + BODY).hexdigest()}",
        (Code.WRONG_ALGORITHM,),
    ),
    "key and message swapped": (f"sha256={hexdigest(BODY, CURRENT)}", (Code.WRONG_ALGORITHM,)),
    "Stripe": (
        f"t=1774450800,v1={hexdigest(body=b'1774450800.' + BODY)}",
        (Code.OTHER_SCHEME,),
    ),
    "Stripe's form over the body": (f"t=1774450800,v1={hexdigest()}", (Code.OTHER_SCHEME,)),
}


@pytest.mark.parametrize(("value", "expected"), HEADER_FORMS.values(), ids=HEADER_FORMS)
def test_forms_of_the_header_proven_by_a_digest(
    value: str | bytes, expected: tuple[Code, ...]
) -> None:
    diagnosis = told(value)
    assert diagnosis.codes == expected
    assert diagnosis.proof
    assert diagnosis.proof in diagnosis.explanation
    assert diagnosis.steps[-1].outcome is StepOutcome.FITS


FOREIGN = "7f" * 32
FORMS_ALONE = {
    "empty": ("", (Code.MALFORMED,)),
    "the documentation's": ("test_signature", (Code.PLACEHOLDER,)),
    "the documentation's, prefixed": ("sha256=test_signature", (Code.PLACEHOLDER,)),
    "63 digits": (f"sha256={FOREIGN[1:]}", (Code.MALFORMED,)),
    "65 digits": (f"sha256={FOREIGN}0", (Code.MALFORMED,)),
    "no digits": ("sha256=", (Code.MALFORMED,)),
    "a word": ("hello", (Code.MALFORMED,)),
    "not ASCII": (b"sha256=\xc3\xa9", (Code.MALFORMED,)),
    "one raw byte": (b"sha256=\xe9", (Code.MALFORMED,)),
    "full-width digits": ("sha256=" + "１" * 64, (Code.MALFORMED,)),
    "8,000 bytes": ("a" * 8000, (Code.MALFORMED,)),
    "40 digits": ("7f" * 20, (Code.MALFORMED,)),
    "40 digits, called SHA-1": (
        f"sha1={'7f' * 20}",
        (Code.WRONG_ALGORITHM, Code.UNKNOWN_SECRET),
    ),
    "a bare digest": (FOREIGN, (Code.MISSING_PREFIX, Code.UNKNOWN_SECRET)),
    "upper case": (f"sha256={FOREIGN.upper()}", (Code.UPPER_CASE, Code.UNKNOWN_SECRET)),
    "Base64": (
        f"sha256={base64.b64encode(b'x' * 32).decode()}",
        (Code.BASE64_DIGEST, Code.UNKNOWN_SECRET),
    ),
    "a token": ("A1b2" * 10 + "A1b", (Code.MALFORMED,)),
    "Stripe": (f"t=1774450800,v1={FOREIGN}", (Code.OTHER_SCHEME,)),
    "Standard Webhooks": (
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        (Code.OTHER_SCHEME,),
    ),
    "Slack": (f"v0={FOREIGN}", (Code.OTHER_SCHEME,)),
    "a detached signature": ("eyJhbGciOiJQUzI1NiJ9.." + "aB3_" * 20, (Code.OTHER_SCHEME,)),
    "the published form": (f"sha256={FOREIGN}", (Code.UNKNOWN_SECRET,)),
}


@pytest.mark.parametrize(("value", "expected"), FORMS_ALONE.values(), ids=FORMS_ALONE)
def test_what_the_form_alone_proves(value: str | bytes, expected: tuple[Code, ...]) -> None:
    diagnosis = told(value)
    assert diagnosis.codes == expected
    assert not diagnosis.proof


def test_two_headers_are_ambiguous_and_the_one_that_fits_is_named() -> None:
    twice = (*headers(f"sha256={FOREIGN}"), *headers(sign(CURRENT, BODY)))
    diagnosis = diagnose(twice, BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.AMBIGUOUS_HEADER,)
    assert "signature number 2 is the HMAC-SHA256" in diagnosis.explanation


def test_two_headers_with_the_same_value() -> None:
    diagnosis = diagnose(headers(f"sha256={FOREIGN}") * 2, BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.AMBIGUOUS_HEADER, Code.UNKNOWN_SECRET)
    assert "There are 2 X-Propexo-Signature headers with the same value." in diagnosis.explanation


OTHER_HEADERS: dict[str, tuple[str | bytes, tuple[Code, ...]]] = {
    "propexo-signature": (hexdigest(), (Code.WRONG_HEADER, Code.MISSING_PREFIX)),
    "Propexo-Signature": (sign(CURRENT, BODY), (Code.WRONG_HEADER,)),
    "X_Propexo_Signature": (sign(CURRENT, BODY), (Code.WRONG_HEADER,)),
    "X-Hub-Signature-256": (sign(CURRENT, BODY), (Code.WRONG_HEADER,)),
    "X-Hub-Signature": (
        f"sha1={hexdigest(algorithm='sha1')}",
        (Code.WRONG_HEADER, Code.WRONG_ALGORITHM),
    ),
    "X-Shopify-Hmac-Sha256": (
        base64.b64encode(rawdigest()),
        (Code.WRONG_HEADER, Code.MISSING_PREFIX, Code.BASE64_DIGEST),
    ),
    "Stripe-Signature": (
        f"t=1774450800,v1={hexdigest(body=b'1774450800.' + BODY)},v0={FOREIGN}",
        (Code.OTHER_SCHEME, Code.WRONG_HEADER),
    ),
}


@pytest.mark.parametrize("name", OTHER_HEADERS)
def test_a_fitting_signature_in_another_header(name: str) -> None:
    value, expected = OTHER_HEADERS[name]
    diagnosis = diagnose(headers(value, name), BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == expected
    assert f"the signature in {name.lower()}" in diagnosis.explanation


@pytest.mark.parametrize("name", OTHER_HEADERS)
def test_another_header_that_does_not_fit_is_no_explanation(name: str) -> None:
    value, _ = OTHER_HEADERS[name]
    diagnosis = diagnose(headers(value, name), BODY + b"!", SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.MISSING_HEADER,)
    assert "Another header holds a signature" in diagnosis.explanation


@pytest.mark.parametrize(
    "name",
    [
        b"x-\x1b[2J-signature",
        b"x-\xe9-signature",
        b"x-0123456789abcdef-signature",
        b"x-signature-" + b"a" * 60,
    ],
)
def test_a_header_with_a_strange_name_is_not_named(name: bytes) -> None:
    diagnosis = diagnose(((name, sign(CURRENT, BODY).encode()),), BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.WRONG_HEADER,)
    assert "the signature in another header is" in diagnosis.explanation


def test_a_digest_that_anyone_can_make_is_called_so() -> None:
    diagnosis = told(f"sha256={hashlib.sha256(BODY).hexdigest()}")
    assert diagnosis.proof == (
        "The signature received is the plain SHA-256 of the body without any secret, which anyone "
        "can make."
    )


def test_a_placeholder_beside_a_fitting_signature_is_not_the_cause() -> None:
    both = (*headers("test_signature"), *headers(sign(CURRENT, BODY), "X-Hub-Signature-256"))
    diagnosis = diagnose(both, BODY, SECRETS)
    assert diagnosis
    assert diagnosis.codes == (Code.WRONG_HEADER,)
