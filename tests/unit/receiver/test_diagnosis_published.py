"""Signatures that others published or made: our own arithmetic proves nothing about itself."""

from __future__ import annotations

import gzip

import pytest

from receiver.diagnosis import Diagnosis, DiagnosisCode, diagnose
from receiver.judging.signing import Secrets

Code = DiagnosisCode


def diagnosed(name: str, value: str, body: bytes, secret: bytes, **more: str) -> Diagnosis | None:
    headers = [(name.encode(), value.encode())]
    headers += [(key.replace("_", "-").encode(), text.encode()) for key, text in more.items()]
    return diagnose(tuple(headers), body, Secrets(secret), budget_s=10)


# docs.github.com, "Validating webhook deliveries".
GITHUB = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_example_of_github() -> None:
    secret, body = b"It's a Secret to Everybody", b"Hello, World!"
    assert diagnosed("X-Propexo-Signature", GITHUB, body, secret) is None
    other = diagnosed("X-Hub-Signature-256", GITHUB, body, secret)
    assert other
    assert other.codes == (Code.WRONG_HEADER,)
    trimmed = diagnosed(
        "X-Propexo-Signature", GITHUB, body + b"\n", b" It's a Secret to Everybody\n"
    )
    assert trimmed
    assert trimmed.codes == (Code.SECRET_WHITESPACE, Code.BODY_WHITESPACE)


# RFC 2202 (MD5 and SHA-1) and RFC 4231 (the others), test case 2.
RFC_VECTORS = {
    "md5": "750c783e6ab0b503eaa86e310a5db738",
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha224": "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    "sha384": (
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
        "8e2240ca5e69e2c78b3239ecfab21649"
    ),
    "sha512": (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    ),
}


@pytest.mark.parametrize("algorithm", RFC_VECTORS)
def test_other_algorithms(algorithm: str) -> None:
    body = b"what do ya want for nothing?"
    value = f"{algorithm}={RFC_VECTORS[algorithm]}"
    diagnosis = diagnosed("X-Propexo-Signature", value, body, b"Jefe")
    assert diagnosis
    assert diagnosis.codes == (Code.WRONG_ALGORITHM,)
    assert f"HMAC-{algorithm.upper()}" in diagnosis.proof


def test_the_example_of_standard_webhooks() -> None:
    diagnosis = diagnosed(
        "webhook-signature",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        b'{"test": 2432232314}',
        b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        webhook_timestamp="1614265330",
    )
    assert diagnosis
    assert diagnosis.codes == (Code.OTHER_SCHEME, Code.WRONG_HEADER)
    assert "Standard Webhooks" in diagnosis.proof


SECRET = b"whk_2f1c9a7be0d84635a1b2c3d4e5f60718"
PING = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{}}'
#: Made with Node.js 20.20.2 (createHmac), the last ones with Java 17 (GZIPOutputStream and Mac),
#: and with OpenSSL 3.0.19 and gzip 1.12.
MADE = {
    "hex": ("45e27190ceaa176c4f296c0871485ec069e35ed76dfbe13b2d1fd7683bdb2e61", PING, ()),
    "JSON.stringify(value, null, 2)": (
        "7e1b6cbc70d6e6fbe5a2236df8d0a7bd3dda1a8e80add16317e0125ea8dc934b",
        PING,
        (Code.BODY_RESERIALIZED,),
    ),
    "JSON.stringify(text)": (
        "6fdc13a067da6c5d2ab997b5a3db20870dccfda9199cfc6ae574e14a6e5e0f2d",
        PING,
        (Code.BODY_ENCODING,),
    ),
    "JSON.stringify(buffer)": (
        "daef980063ee125c876b649ad8f2d7e21a64a0a223bb183de2cf0ba433f10d9d",
        PING,
        (Code.BODY_RESERIALIZED,),
    ),
    "String(value)": (
        "bf6c5c1bec692ebffcdfc854a3235d71a808659ee7ff4f5885aee0981fab6101",
        PING,
        (Code.BODY_RESERIALIZED,),
    ),
    "encodeURIComponent(text)": (
        "da48080d7e55b24d9050ba15974cf34db56bb56f6275611cceed87101571cb69",
        PING,
        (Code.BODY_ENCODING,),
    ),
    "Buffer.from(text, 'latin1')": (
        "f90829716e198db5c1faf05f9581509697faa791656b9638d246f128ba308542",
        '{"name":"José"}'.encode(),
        (Code.BODY_ENCODING,),
    ),
    "Buffer.from(secret, 'hex')": (
        "fdd87a94837e2288ee00ce97ff220235a18e5d4510cbca2a99798324124fdc08",
        PING,
        (Code.SECRET_WHITESPACE,),
    ),
    "createHash": (
        "e308fbd2d5d59f9c452ea515f6a36f2f7565c74a7340bfeae7a24dce10b8cc6e",
        PING,
        (Code.WRONG_ALGORITHM,),
    ),
    "Java's gzip": (
        "b9e596fcc812972cac003d29cbe27f6ef6023a53f7c7cdaac8d4c46caeabf391",
        PING,
        (Code.BODY_COMPRESSED,),
    ),
    "gzip": (
        "fbf2d84cbfe32eccbd4204748f5ab8ae89215e95f0d4dc49de56af9a3c4a3d26",
        PING,
        (Code.BODY_COMPRESSED,),
    ),
    "a line end more": (
        "b7b20da49e0757698521dafd7cdd0059d2c087b9daee5b07fdd35d0f7d128e39",
        PING,
        (Code.BODY_WHITESPACE,),
    ),
    "not decompressed on the way": (
        "45e27190ceaa176c4f296c0871485ec069e35ed76dfbe13b2d1fd7683bdb2e61",
        gzip.compress(PING),
        (Code.BODY_COMPRESSED,),
    ),
}


@pytest.mark.parametrize("how", MADE)
def test_what_other_programs_signed(how: str) -> None:
    digest, body, expected = MADE[how]
    secret = SECRET[4:] if "secret" in how else SECRET
    diagnosis = diagnosed("X-Propexo-Signature", f"sha256={digest}", body, secret)
    assert (diagnosis.codes if diagnosis else ()) == expected


@pytest.mark.parametrize(
    ("name", "value", "more", "expected"),
    [
        (
            "X-Propexo-Signature",
            "t=1774450800,v1=5e6163fee8f50d9da996a32500efd747dee6a0e1e07b9c76fce410f0bd08d2f5",
            {},
            (Code.OTHER_SCHEME,),
        ),
        (
            "X-Slack-Signature",
            "v0=03cde3cfca94bba47643f8befe1407aff3f8b208b29269c936bcfa62e48e0912",
            {"x_slack_request_timestamp": "1774450800"},
            (Code.OTHER_SCHEME, Code.WRONG_HEADER, Code.MISSING_PREFIX),
        ),
    ],
)
def test_timestamped_schemes(
    name: str, value: str, more: dict[str, str], expected: tuple[Code, ...]
) -> None:
    diagnosis = diagnosed(name, value, PING, SECRET, **more)
    assert diagnosis
    assert diagnosis.codes == expected
    assert "timestamp" in diagnosis.proof
