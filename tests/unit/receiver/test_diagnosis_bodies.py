"""What happened to the body between signing and arriving, alone and with something else."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
import zlib

import pytest

from receiver.diagnosis import DiagnosisCode
from receiver.judging.signing import sign
from tests.unit.receiver.refused_requests import (
    BODY,
    CURRENT,
    PREVIOUS,
    VALUE,
    hexdigest,
    reserialized,
    told,
)

Code = DiagnosisCode


LINES = reserialized(indent=2)
BODIES = {
    "line end added on the way": (BODY, BODY + b"\n", (Code.BODY_WHITESPACE,)),
    "line end lost on the way": (BODY + b"\n", BODY, (Code.BODY_WHITESPACE,)),
    "Windows line end lost": (BODY + b"\r\n", BODY, (Code.BODY_WHITESPACE,)),
    "space in front": (BODY, b" " + BODY, (Code.BODY_WHITESPACE,)),
    "white space around": (BODY, b"\n  " + BODY + b" \n\n", (Code.BODY_WHITESPACE,)),
    "CRLF to LF": (LINES.replace(b"\n", b"\r\n"), LINES, (Code.BODY_LINE_ENDINGS,)),
    "LF to CRLF": (LINES, LINES.replace(b"\n", b"\r\n"), (Code.BODY_LINE_ENDINGS,)),
    "CRLF to LF, and one more": (
        LINES.replace(b"\n", b"\r\n"),
        LINES + b"\n",
        (Code.BODY_LINE_ENDINGS, Code.BODY_WHITESPACE),
    ),
    "curl -d @file": (LINES + b"\n", LINES.replace(b"\n", b""), (Code.BODY_LINE_ENDINGS,)),
    "compact": (reserialized(separators=(",", ":")), BODY, (Code.BODY_RESERIALIZED,)),
    "sorted": (reserialized(sort_keys=True), BODY, (Code.BODY_RESERIALIZED,)),
    "sorted and compact": (
        reserialized(sort_keys=True, separators=(",", ":")),
        BODY,
        (Code.BODY_RESERIALIZED,),
    ),
    "indent 2": (LINES, BODY, (Code.BODY_RESERIALIZED,)),
    "indent 4": (reserialized(indent=4), BODY, (Code.BODY_RESERIALIZED,)),
    "indent 4 and a line end": (reserialized(indent=4) + b"\n", BODY, (Code.BODY_RESERIALIZED,)),
    "ensure_ascii": (reserialized(), BODY, (Code.BODY_RESERIALIZED,)),
    "ensure_ascii undone": (BODY, reserialized(), (Code.BODY_RESERIALIZED,)),
    "slashes escaped": (BODY.replace(b"/", b"\\/"), BODY, (Code.BODY_RESERIALIZED,)),
    "slashes not escaped": (BODY, BODY.replace(b"/", b"\\/"), (Code.BODY_RESERIALIZED,)),
    "950.0": (BODY.replace(b"950", b"950.0"), BODY, (Code.BODY_RESERIALIZED,)),
    "950": (BODY, BODY.replace(b"950", b"950.0"), (Code.BODY_RESERIALIZED,)),
    "data alone": (
        json.dumps(VALUE["data"], ensure_ascii=False).encode(),
        BODY,
        (Code.BODY_RESERIALIZED,),
    ),
    "Python's dict": (str(VALUE).encode(), BODY, (Code.BODY_RESERIALIZED,)),
    "Python's bytes": (str(BODY).encode(), BODY, (Code.BODY_RESERIALIZED,)),
    "[object Object]": (b"[object Object]", BODY, (Code.BODY_RESERIALIZED,)),
    "an empty body signed": (b"", BODY, (Code.BODY_RESERIALIZED,)),
    "an empty body received": (b"{}", b"", (Code.BODY_RESERIALIZED,)),
    "byte order mark added": (BODY, codecs.BOM_UTF8 + BODY, (Code.BODY_ENCODING,)),
    "byte order mark lost": (codecs.BOM_UTF8 + BODY, BODY, (Code.BODY_ENCODING,)),
    "Latin-1 signed": (BODY.decode().encode("latin-1"), BODY, (Code.BODY_ENCODING,)),
    "Latin-1 received": (BODY, BODY.decode().encode("latin-1"), (Code.BODY_ENCODING,)),
    "UTF-8 twice": (BODY, BODY.decode("latin-1").encode(), (Code.BODY_ENCODING,)),
    "UTF-16": (BODY.decode().encode("utf-16-le"), BODY, (Code.BODY_ENCODING,)),
    "question marks": (BODY.decode().encode("ascii", "replace"), BODY, (Code.BODY_ENCODING,)),
    "Base64 signed": (base64.b64encode(BODY), BODY, (Code.BODY_ENCODING,)),
    "Base64 received": (BODY, base64.b64encode(BODY), (Code.BODY_ENCODING,)),
    "hexadecimal": (BODY, BODY.hex().encode(), (Code.BODY_ENCODING,)),
    "twice serialised": (BODY, json.dumps(BODY.decode()).encode(), (Code.BODY_ENCODING,)),
    "gzip received": (BODY, gzip.compress(BODY), (Code.BODY_COMPRESSED,)),
    "gzip signed": (gzip.compress(BODY, mtime=0), BODY, (Code.BODY_COMPRESSED,)),
    "zlib received": (BODY, zlib.compress(BODY), (Code.BODY_COMPRESSED,)),
    "deflate received": (BODY, zlib.compress(BODY)[2:-4], (Code.BODY_COMPRESSED,)),
    "compact inside of gzip": (
        reserialized(separators=(",", ":")),
        gzip.compress(reserialized()),
        (Code.BODY_COMPRESSED, Code.BODY_RESERIALIZED),
    ),
    "a line end inside of Base64": (
        BODY,
        base64.b64encode(BODY + b"\n"),
        (Code.BODY_ENCODING, Code.BODY_WHITESPACE),
    ),
}


@pytest.mark.parametrize(("signed", "received", "expected"), BODIES.values(), ids=BODIES)
def test_what_happened_to_the_body(
    signed: bytes, received: bytes, expected: tuple[Code, ...]
) -> None:
    diagnosis = told(sign(CURRENT, signed), received)
    assert diagnosis.codes == expected
    assert diagnosis.proof


@pytest.mark.parametrize(("signed", "received", "expected"), BODIES.values(), ids=BODIES)
def test_what_happened_to_the_body_besides_a_missing_prefix(
    signed: bytes, received: bytes, expected: tuple[Code, ...]
) -> None:
    assert told(hexdigest(body=signed), received).codes == (Code.MISSING_PREFIX, *expected)


@pytest.mark.parametrize(("signed", "received", "expected"), BODIES.values(), ids=BODIES)
def test_what_happened_to_the_body_under_the_previous_secret(
    signed: bytes, received: bytes, expected: tuple[Code, ...]
) -> None:
    assert told(sign(PREVIOUS, signed), received).codes == (*expected, Code.PREVIOUS_SECRET)
