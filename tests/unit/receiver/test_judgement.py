from __future__ import annotations

import json
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.judging.judgement import Judgement, judge
from receiver.judging.signing import Secrets, sign
from store.records import Verdict

SECRET = b"a secret of the tests"
SECRETS = Secrets(SECRET)
PING = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{}}'


def signed(body: bytes, *more: tuple[bytes, bytes]) -> Judgement:
    headers = ((b"X-Propexo-Signature", sign(SECRET, body).encode("ascii")), *more)
    return judge(headers, body, SECRETS)


def test_a_signed_event_is_accepted() -> None:
    judgement = signed(PING)
    assert (judgement.status, judgement.verdict, judgement.error) == (200, Verdict.VALID, None)
    assert judgement.facts is not None
    assert judgement.facts.event == "test.ping"


@pytest.mark.parametrize("body", [PING, b"", b"nonsense", b"\xff", b"[" * 100_000], ids=repr)
@pytest.mark.parametrize("encoding", [None, b"gzip"])
def test_a_stranger_learns_nothing_of_what_is_in_the_body(
    body: bytes, encoding: bytes | None
) -> None:
    more = ((b"Content-Encoding", encoding),) if encoding else ()
    assert judge(more, body, SECRETS) == Judgement(401, Verdict.MISSING, "invalid_signature")
    wrong = ((b"X-Propexo-Signature", b"sha256=" + b"0" * 64), *more)
    assert judge(wrong, body, SECRETS) == Judgement(401, Verdict.INVALID, "invalid_signature")


@pytest.mark.parametrize("encoding", [b"identity", b"Identity", b" identity ", b""])
def test_h32_identity_is_no_encoding(encoding: bytes) -> None:
    assert signed(PING, (b"content-encoding", encoding)).status == 200


@pytest.mark.parametrize(
    "encoding",
    [
        b"gzip",
        b"GZIP",
        b"x-gzip",
        b"deflate",
        b"br",
        b"zstd",
        b"gzip, gzip",
        b"\xff",
        b"identity,x",
    ],
)
def test_h31_a_compressed_body_is_refused_after_its_signature(encoding: bytes) -> None:
    judgement = signed(zlib.compress(PING), (b"Content-Encoding", encoding))
    assert (judgement.status, judgement.error) == (415, "unsupported_encoding")
    assert judgement.verdict is Verdict.VALID
    assert judgement.facts is None


def test_h31_two_headers_are_one_list() -> None:
    judgement = signed(PING, (b"Content-Encoding", b"identity"), (b"content-encoding", b"gzip"))
    assert judgement.status == 415


def test_what_is_no_json_is_said_without_a_detail() -> None:
    judgement = signed(b'{"a":1,}')
    assert (judgement.status, judgement.error, judgement.detail) == (400, "invalid_json", None)
    assert judgement.explanation is not None


def test_what_is_no_event_is_said_with_the_field() -> None:
    judgement = signed(b"{}")
    assert (judgement.status, judgement.error) == (400, "invalid_envelope")
    assert judgement.detail == "event must be a text that is not empty"


def test_half_a_pair_is_no_json_whatever_else_is_wrong() -> None:
    assert signed(b'{"a":"\\ud800"}').error == "invalid_json"
    assert signed(PING.replace(b"{}", b'{"a":"\\udc00"}')).error == "invalid_json"


envelopes = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["test.ping", "data.new", "sync.complete"]) | st.text(max_size=9),
        "timestamp": st.just("2026-03-25T10:00:00Z") | st.text(max_size=25),
        "connection_id": st.text(max_size=9),
        "resource_type": st.text(max_size=9),
        "data": st.dictionaries(st.just("id"), st.text(max_size=5)) | st.none(),
    },
)
bodies = st.binary(max_size=200) | envelopes.map(lambda body: json.dumps(body).encode("utf-8"))
headers = st.lists(
    st.tuples(
        st.sampled_from([b"X-Propexo-Signature", b"Content-Encoding", b"Content-Type"]),
        st.binary(max_size=80),
    ),
    max_size=4,
)


@given(headers, bodies, st.booleans())
def test_no_header_and_no_body_raises(
    given_headers: list[tuple[bytes, bytes]], body: bytes, with_signature: bool
) -> None:
    if with_signature:
        signature = (b"X-Propexo-Signature", sign(SECRET, body).encode("ascii"))
        given_headers = [signature, *[pair for pair in given_headers if pair[0] != signature[0]]]
    judgement = judge(tuple(given_headers), body, SECRETS)
    assert judgement.status in ((200, 400, 415) if with_signature else (401,))
    assert (judgement.facts is not None) is (judgement.status == 200)
    assert (judgement.error is None) is (judgement.status == 200)
    assert (judgement.verdict is Verdict.VALID) is with_signature


@given(st.binary(max_size=200))
def test_the_text_of_a_refusal_holds_nothing_of_the_body(noise: bytes) -> None:
    marker = b"KEEP-ME-OUT"
    for body in (marker + noise, b'{"event":"' + marker + b'","x":' + noise, b'{"KEEP-ME-OUT":1}'):
        judgement = signed(body)
        assert judgement.status == 400
        assert "KEEP-ME-OUT" not in f"{judgement.detail} {judgement.explanation}"


def test_a_mebibyte_is_judged_in_bounded_time() -> None:
    body = PING[:-1] + b',"x":[' + b"[]," * 340_000 + b"0]}"
    # The time of this thread: other programs of the machine do not count.
    started = time.thread_time()
    assert signed(body).status == 200
    assert time.thread_time() - started < 3
