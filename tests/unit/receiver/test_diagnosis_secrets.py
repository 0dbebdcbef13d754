"""How the secret here and the secret there differ, alone and with something else."""

from __future__ import annotations

import base64
import codecs

import pytest

from receiver.diagnosis import DiagnosisCode
from receiver.judging.signing import Secrets, sign
from tests.unit.receiver.refused_requests import BODY, CURRENT, reserialized, told

Code = DiagnosisCode


ENCODED = base64.b64encode(b"twenty-four random bytes")
#: What is configured here, and what the sender signs with.
SPELLINGS = {
    "line end here": (CURRENT + b"\n", CURRENT),
    "Windows line end here": (CURRENT + b"\r\n", CURRENT),
    "space here": (b" " + CURRENT, CURRENT),
    "no-break space here": (CURRENT + "\u00a0".encode(), CURRENT),
    "byte order mark here": (codecs.BOM_UTF8 + CURRENT, CURRENT),
    "double quotes here": (b'"' + CURRENT + b'"', CURRENT),
    "single quotes here": (b"'" + CURRENT + b"'", CURRENT),
    "typographic quotes here": ("“".encode() + CURRENT + "”".encode(), CURRENT),
    "one quote here": (CURRENT + b'"', CURRENT),
    "quotes and space here": (b' "' + CURRENT + b'" ', CURRENT),
    "backslash n here": (CURRENT + rb"\n", CURRENT),
    "export here": (b"export PROPEXO_WEBHOOK_SECRET=" + CURRENT, CURRENT),
    "name and quotes here": (b'PROPEXO_WEBHOOK_SECRET="' + CURRENT + b'"', CURRENT),
    "comment here": (CURRENT + b"  # from the dashboard", CURRENT),
    "quotes and comment here": (b'"' + CURRENT + b'" # live', CURRENT),
    "semicolon here": (CURRENT + b";", CURRENT),
    "line end there": (CURRENT, CURRENT + b"\n"),
    "Windows line end there": (CURRENT, CURRENT + b"\r\n"),
    "space there": (CURRENT, CURRENT + b" "),
    "quotes there": (CURRENT, b'"' + CURRENT + b'"'),
    "whsec_ here": (b"whsec_" + CURRENT, CURRENT),
    "whsec_ there": (CURRENT, b"whsec_" + CURRENT),
    "whsec_ and Base64 here": (b"whsec_" + ENCODED, base64.b64decode(ENCODED)),
    "Base64 here": (ENCODED, base64.b64decode(ENCODED)),
    "hexadecimal here": (CURRENT[4:], bytes.fromhex(CURRENT[4:].decode())),
    "hexadecimal there": (CURRENT, CURRENT.hex().encode()),
    "percent-encoded here": (b"pa%2Fssphrase%3D", b"pa/ssphrase="),
}


@pytest.mark.parametrize(("ours", "theirs"), SPELLINGS.values(), ids=SPELLINGS)
def test_other_spellings_of_the_secret(ours: bytes, theirs: bytes) -> None:
    diagnosis = told(sign(theirs, BODY), secrets=Secrets(ours))
    assert diagnosis.codes == (Code.SECRET_WHITESPACE,)


@pytest.mark.parametrize(("ours", "theirs"), SPELLINGS.values(), ids=SPELLINGS)
def test_other_spellings_of_the_secret_in_pairs(ours: bytes, theirs: bytes) -> None:
    secrets = Secrets(ours)
    assert told(sign(theirs, BODY).replace("sha256=", ""), secrets=secrets).codes == (
        Code.MISSING_PREFIX,
        Code.SECRET_WHITESPACE,
    )
    compact = reserialized(separators=(",", ":"), ensure_ascii=False)
    for signed, code in (
        (BODY + b"\n", Code.BODY_WHITESPACE),
        (codecs.BOM_UTF8 + BODY, Code.BODY_ENCODING),
        (compact, Code.BODY_RESERIALIZED),
    ):
        assert told(sign(theirs, signed), secrets=secrets).codes == (Code.SECRET_WHITESPACE, code)


def test_a_trimmed_secret_and_upper_case() -> None:
    value = sign(CURRENT, BODY).upper()
    diagnosis = told(value, secrets=Secrets(CURRENT + b"\n"))
    assert diagnosis.codes == (Code.UPPER_CASE, Code.SECRET_WHITESPACE)
    assert diagnosis.explanation.startswith("Two things are wrong at once.")


@pytest.mark.parametrize("ours", [b'"', b"# nothing but a comment", b"whsec_", b" x "])
def test_no_guessable_rest_of_a_secret_proves_anything(ours: bytes) -> None:
    rest = ours.strip(b' "#').removeprefix(b"whsec_")
    for key in (b"", rest[:0]):
        assert told(sign(key, BODY), secrets=Secrets(ours)).code is Code.UNKNOWN_SECRET
