from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.arrival.origin import ORIGIN_HEADER, mark, read_mark
from receiver.judging.signing import Secrets, sign
from store.records import Origin

SECRET = b"a secret of the tests"
BODY = b'{"event":"test.ping"}'
NAME = ORIGIN_HEADER.encode("ascii")


def read(value: str | bytes, body: bytes = BODY, secrets: Secrets | None = None) -> object:
    data = value if isinstance(value, bytes) else value.encode("ascii")
    return read_mark(((b"Host", b"x"), (NAME, data)), body, secrets or Secrets(SECRET))


@pytest.mark.parametrize(
    ("origin", "replay_of"),
    [(Origin.SAMPLE, None), (Origin.REPLAY, 1), (Origin.REPLAY, 10**17), (Origin.REPLAY, None)],
)
def test_a_proven_mark_is_believed(origin: Origin, replay_of: int | None) -> None:
    assert read(mark(SECRET, BODY, origin, replay_of)) == (origin, replay_of)


def test_a_mark_by_the_previous_secret_is_believed() -> None:
    value = mark(b"old", BODY, Origin.REPLAY, 7)
    assert read(value, secrets=Secrets(b"new", b"old")) == (Origin.REPLAY, 7)
    assert read(value, secrets=Secrets(b"new")) == (Origin.NETWORK, None)


def test_what_says_nothing_is_from_the_network() -> None:
    assert read_mark((), BODY, Secrets(SECRET)) == (Origin.NETWORK, None)


GENUINE = mark(SECRET, BODY, Origin.REPLAY, 7)
FORGED = {
    "of-another-body": mark(SECRET, BODY + b" ", Origin.REPLAY, 7),
    "by-another-secret": mark(b"another", BODY, Origin.REPLAY, 7),
    "another-number": GENUINE.replace("of=7", "of=8"),
    "another-origin": GENUINE.replace("replay", "sample"),
    "network": mark(SECRET, BODY, Origin.NETWORK, 7),
    "without-proof": "replay; of=7; proof=",
    "zeros": "replay; of=7; proof=" + "0" * 64,
    "the-signature-as-proof": "replay; of=7; proof=" + sign(SECRET, BODY).removeprefix("sha256="),
    "upper-case": GENUINE.upper(),
    "more-behind-it": GENUINE + "\n",
    "full-width-digit": GENUINE.replace("of=7", "of=７").encode(),
    "number-too-long": GENUINE.replace("of=7", "of=" + "7" * 19),
    "raw-bytes": b"\xff" * 100,
}


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED)
def test_a_forged_mark_is_from_the_network(value: str | bytes) -> None:
    assert read(value) == (Origin.NETWORK, None)


def test_a_proof_is_no_signature_of_the_body() -> None:
    assert GENUINE.rpartition("=")[2] != sign(SECRET, BODY).rpartition("=")[2]


def test_a_forged_mark_does_not_hide_a_genuine_one() -> None:
    headers = ((NAME, b"sample; of=1; proof=" + b"0" * 64), (NAME, GENUINE.encode("ascii")))
    assert read_mark(headers, BODY, Secrets(SECRET)) == (Origin.REPLAY, 7)


@given(st.lists(st.tuples(st.just(NAME) | st.binary(max_size=20), st.binary(max_size=120))))
def test_no_header_raises_or_proves_anything(headers: list[tuple[bytes, bytes]]) -> None:
    assert read_mark(tuple(headers), BODY, Secrets(SECRET)) == (Origin.NETWORK, None)
