"""What holds for any request: nothing raises, proves what is not so, or tells a secret."""

from __future__ import annotations

import base64
import codecs
import hashlib
import hmac
import json
import re
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from receiver.diagnosis import Diagnosis, DiagnosisCode, diagnose
from receiver.judging.signing import Secrets, sign, verify
from store.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.records import Headers

Code = DiagnosisCode
SECRET = b"whk_2f1c9a7be0d84635a1b2c3d4e5f60718"
OTHER = b"whk_90ab12cd34ef567890ab12cd34ef5678"
SIGNATURE = b"X-Propexo-Signature"

names = st.one_of(
    st.sampled_from(
        [
            SIGNATURE,
            b"x-propexo-signature",
            b"propexo-signature",
            b"X-Hub-Signature-256",
            b"Stripe-Signature",
            b"webhook-signature",
            b"webhook-id",
            b"webhook-timestamp",
            b"Content-Encoding",
        ]
    ),
    st.binary(max_size=30),
)
fragments = st.sampled_from(
    [
        b"sha256=",
        b"SHA256=",
        b"sha1=",
        b"t=1,v1=",
        b"v1,",
        b"7f" * 32,
        b"AB" * 32,
        base64.b64encode(b"\xff" * 32),
        b" ",
        b",",
        b'"',
        b"%3D",
        b"\xe9",
        b"gzip",
    ]
)
values = st.one_of(st.binary(max_size=90), st.lists(fragments, max_size=5).map(b"".join))
json_pieces = st.sampled_from(
    b'{ } [ ] " : , \\ \\u d83d 1 -0 1e999 NaN null "data" "a":1 \xff \xc3\xa9 %7B + = & &lt; '
    b"\xef\xbb\xbf \x1f\x8b \r\n \xff\xfe \xed\xa0\x80".split(b" ")
)
bodies = st.one_of(st.binary(max_size=80), st.lists(json_pieces, max_size=25).map(b"".join))
secrets = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.sampled_from(
        [b'"', b"#", b"whsec_", b"export ", b"\xff", b"%", b"a=", b" ", b"\xef\xbb\xbf"]
    ),
)
header_lists = st.lists(st.tuples(names, values), max_size=4).map(tuple)


@given(header_lists, bodies, secrets, st.none() | secrets)
@settings(max_examples=100, deadline=None)
def test_nothing_raises_and_only_what_is_valid_needs_no_diagnosis(
    headers: Headers, body: bytes, current: bytes, previous: bytes | None
) -> None:
    diagnosis = diagnose(headers, body, Secrets(current, previous))
    valid_now = verify(headers, body, Secrets(current)) is Verdict.VALID
    assert (diagnosis is None) == valid_now
    if diagnosis:
        assert diagnosis.explanation.isascii()
        assert diagnosis.explanation.isprintable()
        assert len(diagnosis.explanation) < 2000
        valid = verify(headers, body, Secrets(current, previous)) is Verdict.VALID
        assert (diagnosis.codes == (Code.PREVIOUS_SECRET,)) == valid


@given(bodies, secrets, st.none() | secrets)
@settings(max_examples=60, deadline=None)
def test_a_signature_is_accepted_exactly_as_verification_accepts_it(
    body: bytes, current: bytes, previous: bytes | None
) -> None:
    for secret in filter(None, (current, previous)):
        headers = ((SIGNATURE, b" " + sign(secret, body).encode()),)
        diagnosis = diagnose(headers, body, Secrets(current, previous))
        is_current = hmac.digest(secret, body, "sha256") == hmac.digest(current, body, "sha256")
        expected = () if is_current else (Code.PREVIOUS_SECRET,)
        assert (diagnosis.codes if diagnosis else ()) == expected


@given(
    bodies,
    st.sampled_from(["", "sha256=", "sha1=", "SHA256="]),
    st.binary(min_size=32, max_size=32),
)
@settings(max_examples=60, deadline=None)
def test_no_cause_is_said_of_a_digest_that_fits_nothing(
    body: bytes, prefix: str, digest: bytes
) -> None:
    diagnosis = diagnosed(f"{prefix}{digest.hex()}", body)
    assert not diagnosis.proof
    assert diagnosis.difference is None
    assert not any(code.startswith(("body_", "secret_", "previous_")) for code in diagnosis.codes)


def diagnosed(value: str, body: bytes, secret: bytes = SECRET) -> Diagnosis:
    diagnosis = diagnose(((SIGNATURE, value.encode()),), body, Secrets(secret), budget_s=20)
    assert diagnosis
    return diagnosis


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), text
)
documents = st.recursive(
    st.dictionaries(text, scalars, max_size=4) | st.lists(scalars, max_size=4),
    lambda inner: st.dictionaries(text, inner | scalars, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=8,
)
WRITERS: dict[str, Callable[[object], str]] = {
    "default": json.dumps,
    "compact": partial(json.dumps, separators=(",", ":")),
    "readable": partial(json.dumps, ensure_ascii=False),
    "compact and readable": partial(json.dumps, separators=(",", ":"), ensure_ascii=False),
    "indent 2": partial(json.dumps, indent=2),
    "indent 4, readable": partial(json.dumps, indent=4, ensure_ascii=False),
    "indented by tabs": partial(json.dumps, indent="\t"),
}
SORTING = {f"sorted, {name}": partial(write, sort_keys=True) for name, write in WRITERS.items()}  # type: ignore[call-arg]
HEADER_FORMS: dict[str, tuple[Callable[[bytes, bytes], str], tuple[Code, ...]]] = {
    "published": (sign, ()),
    "no prefix": (lambda key, body: sign(key, body)[7:], (Code.MISSING_PREFIX,)),
    "SHA-1": (
        lambda key, body: f"sha1={hmac.new(key, body, 'sha1').hexdigest()}",
        (Code.WRONG_ALGORITHM,),
    ),
    "Base64": (
        lambda key, body: "sha256=" + base64.b64encode(hmac.digest(key, body, "sha256")).decode(),
        (Code.BASE64_DIGEST,),
    ),
}
SENDERS_SECRETS = {
    "the same": (SECRET, ()),
    "a line end": (SECRET + b"\n", (Code.SECRET_WHITESPACE,)),
    "quotes": (b'"' + SECRET + b'"', (Code.SECRET_WHITESPACE,)),
}


@given(
    documents,
    st.sampled_from(sorted(WRITERS | SORTING)),
    st.sampled_from(sorted(WRITERS)),
    st.sampled_from(sorted(HEADER_FORMS)),
)
@settings(max_examples=100, deadline=None)
@example({"a": 950.0, "é/": "<\u2028\x7f"}, "sorted, compact", "indent 2", "Base64")
def test_a_body_written_again_is_found_whatever_it_says(
    document: object, signer: str, sender: str, form: str
) -> None:
    signed = (WRITERS | SORTING)[signer](document).encode()
    received = WRITERS[sender](document).encode()
    assume(signed != received)
    make, header_codes = HEADER_FORMS[form]
    diagnosis = diagnosed(make(SECRET, signed), received)
    assert diagnosis.codes == (*header_codes, Code.BODY_RESERIALIZED)
    assert_tells_nothing(diagnosis, SECRET, signed)


MUTATIONS: dict[str, tuple[Callable[[bytes], bytes], tuple[Code, ...]]] = {
    "space around": (lambda body: b" " + body + b"\n\n", (Code.BODY_WHITESPACE,)),
    "line end": (lambda body: body + b"\r\n", (Code.BODY_WHITESPACE,)),
    "Windows line ends": (lambda body: body.replace(b"\n", b"\r\n"), (Code.BODY_LINE_ENDINGS,)),
    "no line ends": (lambda body: body.replace(b"\n", b""), (Code.BODY_LINE_ENDINGS,)),
    "byte order mark": (lambda body: codecs.BOM_UTF8 + body, (Code.BODY_ENCODING,)),
    "Base64": (base64.b64encode, (Code.BODY_ENCODING,)),
    "hexadecimal": (lambda body: body.hex().encode(), (Code.BODY_ENCODING,)),
    "read as Latin-1": (lambda body: body.decode("latin-1").encode(), (Code.BODY_ENCODING,)),
    "zlib": (lambda body: codecs.encode(body, "zlib"), (Code.BODY_COMPRESSED,)),
}


@given(
    documents,
    st.sampled_from(sorted(MUTATIONS)),
    st.sampled_from(sorted(HEADER_FORMS)),
    st.sampled_from(sorted(SENDERS_SECRETS)),
)
@settings(max_examples=100, deadline=None)
def test_any_mutation_of_any_body_is_found_with_any_form_of_header_and_secret(
    document: object, mutation: str, form: str, spelling: str
) -> None:
    signed = json.dumps(document, indent=2, ensure_ascii=False).encode()
    mutate, body_codes = MUTATIONS[mutation]
    received = mutate(signed)
    assume(signed != received)
    make, header_codes = HEADER_FORMS[form]
    secret, secret_codes = SENDERS_SECRETS[spelling]
    diagnosis = diagnosed(make(secret, signed), received)
    assert diagnosis.codes == (*header_codes, *secret_codes, *body_codes)
    assert diagnosis.difference
    offset = diagnosis.difference.offset
    assert received[:offset] == signed[:offset]
    assert received[offset : offset + 1] != signed[offset : offset + 1]
    assert_tells_nothing(diagnosis, secret, signed)


@given(st.integers(min_value=0), st.sampled_from(sorted(MUTATIONS.keys() - {"read as Latin-1"})))
@settings(max_examples=25, deadline=None)
def test_no_secret_and_no_digest_is_ever_told(seed: int, mutation: str) -> None:
    # Hashed, so that no example can be made to spell a word of the explanations.
    secret = hashlib.sha256(str(seed).encode()).hexdigest().encode()
    signed = json.dumps({"data": {"id": "unit_1"}}, indent=2).encode()
    received = MUTATIONS[mutation][0](signed)
    for theirs in (secret, secret + b"\n", bytes.fromhex(secret.decode()), OTHER):
        for prefix in ("sha256=", "", '"'):
            value = sign(theirs, signed).replace("sha256=", prefix)
            diagnosis = diagnosed(value, received, secret)
            for key in (secret, theirs):
                assert_tells_nothing(diagnosis, key, signed)
                assert_tells_nothing(diagnosis, key, received)


def assert_tells_nothing(diagnosis: Diagnosis, secret: bytes, body: bytes) -> None:
    """No run of eight characters of a secret or of a digest, in any notation, is in it anywhere."""
    shown = repr(diagnosis) + diagnosis.explanation
    digest = hmac.digest(secret, body, "sha256")
    for hidden in (secret, secret.strip(b' "\n'), digest, hmac.digest(secret, body, "sha1")):
        for notation in (
            hidden.decode("latin-1"),
            hidden.hex(),
            hidden.hex().upper(),
            base64.b64encode(hidden).decode(),
            base64.urlsafe_b64encode(hidden).decode(),
        ):
            for at in range(len(notation) - 7):
                assert notation[at : at + 8] not in shown
    assert not re.search(r"[0-9a-fA-F]{16}", diagnosis.explanation)
