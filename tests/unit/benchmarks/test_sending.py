from __future__ import annotations

import json
from itertools import islice

import pytest

from benchmarks.answers import Answer, AnswerReader, BadAnswerError
from benchmarks.bodies import make_body, make_requests
from benchmarks.pace import Pace
from receiver.judging.envelope import read_envelope
from receiver.judging.signing import Secrets, verify
from receiver.judging.strict_json import parse
from store.records import Verdict

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 4\r\n\r\nbody"


@pytest.mark.parametrize("cut", range(1, len(WHOLE)))
def test_an_answer_may_come_in_pieces(cut: int) -> None:
    reader = AnswerReader()
    assert reader.feed(WHOLE[:cut]) is None
    assert reader.feed(WHOLE[cut:]) == Answer(200, closes=False)


def test_a_reader_is_used_again() -> None:
    reader = AnswerReader()
    assert reader.feed(WHOLE) == reader.feed(WHOLE) == Answer(200, closes=False)


def test_it_says_that_the_server_closes() -> None:
    refused = b"HTTP/1.1 400 Bad\r\nCONNECTION: CLOSE\r\ncontent-length:0\r\n\r\n"
    assert AnswerReader().feed(refused) == Answer(400, closes=True)


@pytest.mark.parametrize("more", [b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", WHOLE + b"HTTP/1.1 200"])
def test_what_cannot_be_measured_is_refused(more: bytes) -> None:
    with pytest.raises(BadAnswerError):
        AnswerReader().feed(more)


def test_flat_out_something_is_due_until_the_end() -> None:
    pace = Pace(100.0, 2.0, None)
    assert pace.take(100.0) == 100.0
    assert pace.take(101.9) == 101.9
    assert pace.take(102.0) is None
    assert pace.over(102.0)
    assert not pace.over(101.9)


def test_at_a_rate_what_comes_late_was_due_earlier() -> None:
    pace = Pace(100.0, 1.0, 4.0)
    assert pace.take(100.0) == 100.0
    assert pace.take(100.1) is None
    assert pace.until_next(100.1, 10.0) == pytest.approx(0.15)
    # The server kept us waiting: two are due, each since its own moment.
    assert [pace.take(100.6), pace.take(100.6), pace.take(100.6)] == [100.25, 100.5, None]
    assert pace.take(105.0) == 100.75
    assert pace.take(105.0) is None
    assert pace.over(105.0)


def test_nothing_is_due_any_more_once_stopped() -> None:
    for rate in (None, 4.0):
        pace = Pace(100.0, 10.0, rate)
        pace.stop()
        assert pace.take(100.5) is None
        assert pace.over(100.5)


def test_requests_are_distinct_signed_and_lawful() -> None:
    made = list(islice(make_requests("127.0.0.1:1", "/hook", b"secret", 40), 50))
    bodies = set()
    for request in made:
        head, _, body = request.partition(b"\r\n\r\n")
        pairs = [
            (name, value.strip())
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        ]
        assert verify(pairs, body, Secrets(b"secret")) is Verdict.VALID
        assert int(dict(pairs)[b"Content-Length"]) == len(body)
        assert read_envelope(parse(body)).event == "data.update"
        assert 450 <= len(body) <= 750
        bodies.add(body)
    assert len(bodies) == 50


def test_a_forged_request_is_refused_for_its_signature() -> None:
    request = next(make_requests("h", "/hook", b"secret", 0, forged=True))
    head, _, body = request.partition(b"\r\n\r\n")
    signature = head.rpartition(b": ")[2]
    pairs = [(b"X-Propexo-Signature", signature)]
    assert verify(pairs, body, Secrets(b"secret")) is Verdict.INVALID


def test_of_a_unit_a_higher_number_is_newer() -> None:
    older, newer = json.loads(make_body(5)), json.loads(make_body(1_205))
    assert older["data"]["id"] == newer["data"]["id"]
    assert older["timestamp"] < newer["timestamp"]
