"""Requests that are wrong as HTTP, in raw bytes: what is answered, and what the log has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.records import Verdict
from tests.conftest import PATH, wait_until
from tests.integration.receiver.conftest import (
    PING,
    chunked,
    new_ping,
    request,
    request_in_chunks,
)

if TYPE_CHECKING:
    from tests.integration.receiver.conftest import Front

ROUTE = PATH.encode("ascii")


def line(method: bytes = b"POST", path: bytes = ROUTE, version: bytes = b"HTTP/1.1") -> bytes:
    return b" ".join([method, path, version])


@pytest.mark.parametrize(
    "method", [b"GET", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"PATCH", b"PROPFIND"]
)
def test_h1_another_method_is_refused_and_logged(front: Front, method: bytes) -> None:
    reply = front.ask(request(first=line(method)))
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert reply.body in (b'{"error":"method_not_allowed"}', b"")
    row = front.row()
    assert (row.status, row.verdict, row.method) == (405, Verdict.NOT_CHECKED, method.decode())
    assert row.explanation == f"Propexo calls this path with POST, not {method.decode()}."


WRONG_PATHS = {
    "another": b"/nope",
    "root": b"/",
    "slash-behind": ROUTE + b"/",
    "slash-before": b"/" + ROUTE,
    "dots": b"/x/.." + ROUTE,
    "capitals": ROUTE.upper(),
    "longer": ROUTE + b"/more",
    "NUL": ROUTE + b"%00",
    "an-escape-sequence": b"/%1b%5d0;owned%07",
    "no-such-escape": b"/%zz",
    "not-UTF-8": b"/%ff%fe",
    "of-another-host": b"http://evil/nope",
}


@pytest.mark.parametrize("path", WRONG_PATHS.values(), ids=WRONG_PATHS)
def test_h2_another_path_is_refused_and_logged_as_it_came(front: Front, path: bytes) -> None:
    reply = front.ask(request(first=line(path=path)))
    assert (reply.status, reply.body) == (404, b'{"error":"not_found"}')
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (404, Verdict.NOT_CHECKED, None)
    assert row.path == path.decode("ascii")
    assert front.content().body == b""


def test_h2_a_slash_at_the_end_is_explained(front: Front) -> None:
    front.ask(request(first=line(path=ROUTE + b"/")))
    assert front.row().explanation == f"The path must be {PATH} without a slash at its end."


def test_h2_a_long_path_is_cut_in_the_log(front: Front) -> None:
    front.ask(request(first=line(path=b"/" + b"a" * 8_000)))
    assert len(front.row().path) == 2_048


SAME_ROUTE = {
    "escaped": b"/api/webhooks/%70ropexo",
    "absolute": b"http://evil" + ROUTE,
    "fragment": ROUTE + b"#a",
    "query": ROUTE + b"?a=%1b%5d0;x&b=%zz",
}


@pytest.mark.parametrize("path", SAME_ROUTE.values(), ids=SAME_ROUTE)
def test_h3_the_same_route_written_otherwise_is_accepted(front: Front, path: bytes) -> None:
    body = new_ping()
    assert front.ask(request(body, first=line(path=path))).status == 200
    row = front.row()
    assert (row.verdict, row.path) == (Verdict.VALID, path.decode("ascii"))
    assert front.content().body == body


HOST, SIGNED = b"Host: x", b"X-Propexo-Signature: sha256=" + b"0" * 64
NOT_HTTP = {
    "H4-lower-case": request(first=line(b"post")),
    "H4-star": request(first=line(path=b"*")),
    "H4-unknown": request(first=line(b"FOO")),
    "H5-raw-bytes-in-the-path": request(first=line(path=b"/\xff\x1b[2J")),
    "H5-raw-bytes-in-the-query": request(first=line(path=ROUTE + b"?\xff")),
    "H5-a-space-in-the-path": request(first=line(path=b"/a b")),
    "H6-a-long-path": request(first=line(path=b"/" + b"a" * 9_000)),
    "H6-a-long-header": request(PING, b"X-Long: " + b"a" * 9_000),
    "H6-a-long-name": request(PING, b"X-" + b"a" * 9_000 + b": 1"),
    "H6-200-headers": request(PING, *(b"X-%d: 1" % number for number in range(200))),
    "H6-65-headers": request(PING, *(b"X-%d: 1" % number for number in range(62))),
    "H7-no-host": request().replace(b"Host: x\r\n", b""),
    "H7-two-hosts": request(PING, HOST),
    "H9-a-body-without-length": request(b"{}", length=None),
    "H9-the-same-in-HTTP-1.0": request(b"{}", length=None, first=line(version=b"HTTP/1.0")),
    "H10-another-version": request(first=line(version=b"HTTP/3.7")),
    "H10-HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "H10-TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "H10-noise": b"\x00\xff\xfe\r\n\r\n",
    "H12-bare-line-feeds": request().replace(b"\r\n", b"\n"),
    "H12-one-bare-line-feed": request(PING, b"X-A: 1\nX-B: 2"),
    "H12-CR-in-a-value": request(PING, b"X-A: 1\r2"),
    "H12-NUL-in-a-value": request(PING, b"X-A: 1\x002"),
    "H12-0x01-in-a-value": request(PING, b"X-A: 1\x012"),
    "H12-DEL-in-a-value": request(PING, b"X-A: 1\x7f2"),
    "H12-folded": request(PING, b"X-A: 1\r\n abc"),
    "H12-a-space-before-the-colon": request(PING, b"X-A : 1"),
    "H12-no-colon": request(PING, b"nonsense"),
    "H12-no-name": request(PING, b": 1"),
    "H13-length-and-chunks": request(PING, b"Transfer-Encoding: chunked"),
    "H13-length-twice": request(PING, b"Content-Length: %d" % len(PING)),
    "H13-two-lengths": request(PING, b"Content-Length: 2"),
    "H14-identity": request(PING, b"Transfer-Encoding: identity", length=None),
    "H14-unknown": request(PING, b"Transfer-Encoding: xchunked", length=None),
    "H18-no-size": request(b"zz\r\n", b"Transfer-Encoding: chunked", length=None),
    "H18-a-huge-size": request(
        b"FFFFFFFFFFFFFFFFF\r\n", b"Transfer-Encoding: chunked", length=None
    ),
} | {
    f"H13-length-{length.decode()}": request(PING, length=length)
    for length in (b"2, 2", b"+66", b"-1", b"0x42", b"6_6", b" ", b"9" * 23)
}  # fmt: skip


@pytest.mark.parametrize("raw", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_not_http_is_refused_and_leaves_a_row(front: Front, raw: bytes) -> None:
    with front.bench.dial() as wire:
        wire.send(raw)
        reply = wire.receive()
        # Whatever follows is not read as another request.
        assert wire.closed()
    if reply is None:
        assert front.rows() == []
        return
    assert (reply.status, reply.body) == (400, b'{"error":"bad_request"}')
    assert reply.headers["server"] == "meterbase-tui"
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (400, Verdict.NOT_CHECKED, None)
    assert (row.explanation or "").startswith("It was not HTTP")


def test_h8_http_1_0_is_answered_and_closed(front: Front) -> None:
    with front.bench.dial() as wire:
        wire.send(request(new_ping(), first=line(version=b"HTTP/1.0")))
        reply = wire.receive()
        assert reply is not None
        assert reply.status == 200
        assert wire.closed()
    assert front.row().verdict is Verdict.VALID


def test_h11_a_version_that_cannot_be_is_harmless(front: Front) -> None:
    assert front.ask(request(new_ping(), first=line(version=b"HTTP/2.0"))).status == 200
    assert front.row().verdict is Verdict.VALID


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_h16_a_body_in_chunks_is_the_same_body(front: Front, size: int) -> None:
    body = new_ping()
    assert front.ask(request_in_chunks(body, size=size)).status == 200
    assert front.content().body == body


def test_h15_a_transfer_encoding_is_not_undone(front: Front) -> None:
    body = new_ping()
    raw = request_in_chunks(body).replace(b"Encoding: chunked", b"Encoding: gzip, chunked")
    assert front.ask(raw).status == 200
    assert front.content().body == body


def test_h17_a_signature_behind_the_body_is_none(front: Front) -> None:
    raw = request_in_chunks(PING, signature=None)
    signature = request().partition(b"X-Propexo")[2].partition(b"\r\n")[0]
    trailer = b"X-Propexo" + signature + b"\r\n\r\n"
    assert front.ask(raw.removesuffix(b"\r\n") + trailer).status == 401
    assert front.row().verdict is Verdict.MISSING


def test_h19_chunks_of_one_byte(front: Front) -> None:
    body = new_ping()[:-1] + b" " * 200_000 + b"}"
    assert front.ask(request_in_chunks(body, size=1)).status == 200
    assert front.content().body == body


def test_h25_more_than_the_length_is_not_another_request(front: Front) -> None:
    with front.bench.dial() as wire:
        wire.send(request(PING) + b"EXTRA")
        replies = [wire.receive(), wire.receive()]
        assert wire.closed()
    assert [reply.status for reply in replies if reply] in ([400], [200, 400])
    assert len(front.rows()) <= 1


def test_h26_two_requests_at_once_are_answered_in_order(front: Front) -> None:
    with front.bench.dial() as wire:
        wire.send(request(new_ping()) + request(new_ping()) + request(b"", signature=None))
        replies = [wire.receive() for _ in range(3)]
    assert [reply.status for reply in replies if reply] == [200, 200, 401]
    assert [reply.json["delivery_id"] for reply in replies[:2] if reply] == [
        row.id for row in front.rows()[:2]
    ]


def test_h29_whoever_asks_first_is_told_to_go_on(front: Front) -> None:
    body = new_ping()
    raw = request(body, b"Expect: 100-continue")
    with front.bench.dial() as wire:
        wire.send(raw.removesuffix(body))
        first = wire.receive()
        wire.send(body)
        second = wire.receive()
    assert first is not None
    assert second is not None
    assert (first.status, second.status) == (100, 200)


def test_h29_whoever_asks_first_is_told_that_it_is_too_large(front: Front) -> None:
    raw = request(b"", b"Expect: 100-continue", length=b"10000000")
    assert front.ask(raw).status == 413


def test_h30_another_expectation_is_not_met_and_does_no_harm(front: Front) -> None:
    assert front.ask(request(new_ping(), b"Expect: foo")).status == 200


CONTENT_TYPES = [b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data",
                 b"application/json; charset=utf-16", b"\xff", b""]  # fmt: skip


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_h35_the_content_type_does_not_matter(front: Front, content_type: bytes) -> None:
    body = new_ping()
    assert front.ask(request(body, b"Content-Type: " + content_type)).status == 200
    assert front.content().body == body


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"TLS/1.2"])
def test_h36_no_other_protocol_is_spoken(front: Front, protocol: bytes) -> None:
    upgrade = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + protocol)
    assert front.ask(request(new_ping(), *upgrade)).status == 200
    assert front.row().verdict is Verdict.VALID


def test_h37_a_web_page_cannot_post_anything(front: Front) -> None:
    page = (
        b"Origin: https://evil.example",
        b"Content-Type: text/plain",
        b"Sec-Fetch-Mode: no-cors",
    )
    reply = front.ask(request(PING, *page, signature=None))
    assert (reply.status, reply.body) == (401, b'{"error":"invalid_signature"}')
    preflight = request(
        b"", *page, b"Access-Control-Request-Headers: x-propexo-signature", first=line(b"OPTIONS")
    )
    asked = front.ask(preflight)
    assert asked.status == 405
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_answers_tell_nothing_of_what_runs_here(front: Front) -> None:
    for raw in (request(new_ping()), request(signature=None), request(first=line(b"GET"))):
        reply = front.ask(raw)
        assert reply.headers["server"] == "meterbase-tui"
        assert reply.headers["content-type"].startswith("application/json")


def test_headers_are_kept_as_they_came(front: Front) -> None:
    odd = (b"X-Twice: 1", b"x-twice:2", b"X-Raw: \xe9\xff\x80", b"X-Empty:", b"X-Colon: a: b")
    assert front.ask(request(new_ping(), *odd)).status == 200
    assert front.content().headers[3:] == (
        (b"X-Twice", b"1"),
        (b"x-twice", b"2"),
        (b"X-Raw", b"\xe9\xff\x80"),
        (b"X-Empty", b""),
        (b"X-Colon", b"a: b"),
    )


def test_a_chunk_that_breaks_off_in_the_middle_is_no_event(front: Front) -> None:
    raw = request(b"", b"Transfer-Encoding: chunked", length=None) + chunked(PING)[:20]
    with front.bench.dial() as wire:
        wire.send(raw)
        wire.end()
        reply = wire.receive()
    assert reply is None or reply.status == 400
    [row] = wait_until(front.rows, "the delivery is logged")
    assert (row.status, row.verdict, row.event_id) == (400, Verdict.NOT_CHECKED, None)
