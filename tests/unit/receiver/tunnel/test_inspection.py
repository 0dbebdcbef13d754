"""What ngrok's agent lists of the requests that it saw, read to the byte."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from receiver.tunnel.inspection import SeenRequest, read_requests

BODY = b'{"a": "\xff\r\n\r\n\x00"}'


def entry(head: str, rest: bytes, **more: Any) -> dict[str, Any]:
    raw = head.encode("latin-1") + b"\r\n\r\n" + rest
    request = {"method": "POST", "uri": "/x?y=1", "raw": base64.b64encode(raw).decode()}
    return {"start": "2026-03-25T12:00:00.5+02:00", "request": request} | more


def read(head: str, rest: bytes, **more: Any) -> SeenRequest:
    (found,) = read_requests({"requests": [entry(head, rest, **more)]})
    return found


def test_a_request_with_its_headers_and_its_body() -> None:
    head = f"POST /x?y=1 HTTP/1.1\r\nX-Odd: caf\xe9\r\nx-odd:2\r\nContent-Length: {len(BODY)}"
    found = read(head, BODY, response={"status_code": 502})
    assert (found.method, found.target, found.path, found.query) == ("POST", "/x?y=1", "/x", "?y=1")
    assert found.headers[:2] == ((b"X-Odd", b"caf\xe9"), (b"x-odd", b"2"))
    assert (found.body, found.whole, found.status) == (BODY, True, 502)
    assert found.at == datetime(2026, 3, 25, 10, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(("kept", "whole"), [(len(BODY), True), (len(BODY) - 1, False), (0, False)])
def test_a_body_that_was_kept_in_part(kept: int, whole: bool) -> None:
    found = read(f"POST / HTTP/1.1\r\ncontent-length: {len(BODY)}", BODY[:kept])
    assert (found.body, found.whole, found.status) == (BODY[:kept], whole, None)


@pytest.mark.parametrize(
    ("rest", "body", "whole"),
    [
        (b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", b"abc0123456789", True),
        (b"0\r\n\r\n", b"", True),
        (b"3\r\nabc\r\n", b"abc", False),
        (b"3\r\nab", b"ab", False),
        (b"3\r\nabc\r\nnonsense", b"abc", False),
        (b"", b"", False),
        (BODY, BODY, True),
    ],
)
def test_a_body_in_chunks(rest: bytes, body: bytes, whole: bool) -> None:
    found = read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", rest)
    assert (found.body, found.whole) == (body, whole)


@pytest.mark.parametrize(
    "answer",
    [None, 7, [], {}, {"requests": None}, {"requests": "x"}, {"requests": [None, 7, {}, "x"]}],
)
def test_an_answer_that_makes_no_sense(answer: Any) -> None:
    assert read_requests(answer) == []


def test_what_makes_no_sense_is_left_out() -> None:
    good = entry("POST / HTTP/1.1", b"", response={"status_code": 0}, start="yesterday")
    bad = [
        good | {"response": {"status_code": "many"}},
        good | {"request": good["request"] | {"raw": 7}},
        good | {"request": {}},
        good | {"response": [1]},
    ]
    (found,) = read_requests({"requests": [*bad, good]})
    assert (found.at, found.status) == (None, 0)
