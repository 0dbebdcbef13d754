"""Stored deliveries sent again, seen by a real server."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from receiver.arrival.origin import mark, read_mark
from receiver.judging.signing import Secrets, sign, verify
from sample_payloads.edits import EditError, Edits, parse_assignment
from sample_payloads.replays import Replay, ReplayError, build_replay
from sample_payloads.sending import send
from store.records import Content, Delivery, Origin, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.records import Headers

    Serve = Callable[..., Any]

SECRET = b"whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"
BODY = b'{ "event":"data.new",\r\n "timestamp":"2026-03-25T14:30:00Z", "data":{"n":1.50} }\n'
FRESH = "2026-06-01T00:00:00.000001Z"
HEADERS: Headers = (
    (b"Host", b"name.ngrok-free.app"),
    (b"content-type", b"application/json; charset=utf-8"),
    (b"User-Agent", b"Propexo/1.0"),
    (b"X-Propexo-Signature", sign(SECRET, BODY).encode()),
    (b"X-Forwarded-For", b"203.0.113.7"),
    (b"x-forwarded-for", b"198.51.100.9"),
    (b"X-Text", "é \t ü".encode()),
    (b"Accept-Encoding", b"gzip"),
    (b"Content-Length", b"999"),
    (b"Connection", b"keep-alive, X-Of-The-Hop"),
    (b"X-Of-The-Hop", b"gone"),
    (b"Transfer-Encoding", b"identity"),
    (b"Expect", b"100-continue"),
    (b"X-MeterBase-Origin", mark(SECRET, BODY, Origin.SAMPLE).encode()),
)


def _delivery(**changes: Any) -> Delivery:
    values: dict[str, Any] = {
        "id": 12,
        "received_at": datetime(2026, 3, 25, tzinfo=UTC),
        "origin": Origin.NETWORK,
        "method": "POST",
        "path": "/api/webhooks/propexo?x=%20y&z=%2F",
        "status": 200,
        "verdict": Verdict.VALID,
        "size": len(BODY),
    }
    rest: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    return Delivery(**rest | {"duplicate": False} | values | changes)


def _content(body: bytes = BODY, headers: Headers = HEADERS) -> Content:
    return Content(headers, body, len(body), hashlib.sha256(body).digest())


def _build(
    base_url: str, delivery: Delivery | None = None, content: Content | None = None, **options: Any
) -> Replay:
    given: dict[str, Any] = {"edits": Edits(), "timestamp": FRESH} | options
    return build_replay(
        delivery or _delivery(), content or _content(), base_url=base_url, secret=SECRET, **given
    )


async def test_it_goes_out_byte_for_byte_with_its_headers(serve: Serve) -> None:
    async with serve() as server:
        replay = _build(server.url)
        reply = await send(replay.outgoing)
    (request,) = server.requests
    assert reply.accepted
    assert not replay.edited
    assert replay.omitted == ()
    assert request.method == "POST"
    assert request.target == "/api/webhooks/propexo?x=%20y&z=%2F"
    assert request.body == BODY
    kept = [header for header in request.headers if header[0] not in (b"Host", b"Connection")]
    assert kept[:-2] == [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"User-Agent", b"Propexo/1.0"),
        (b"X-Propexo-Signature", sign(SECRET, BODY).encode()),
        (b"X-Forwarded-For", b"203.0.113.7"),
        (b"X-Forwarded-For", b"198.51.100.9"),
        (b"X-Text", "é \t ü".encode()),
        (b"Accept-Encoding", b"gzip"),
    ]
    assert [name for name, _ in kept[-2:]] == [b"X-MeterBase-Origin", b"Content-Length"]
    assert request.values("Content-Length") == [b"%d" % len(BODY)]
    assert read_mark(tuple(request.headers), BODY, Secrets(SECRET)) == (Origin.REPLAY, 12)
    assert verify(tuple(request.headers), BODY, Secrets(SECRET)) is Verdict.VALID


async def test_an_edited_one_is_a_new_event_that_its_old_signature_does_not_fit(
    serve: Serve,
) -> None:
    edits = Edits((parse_assignment("data.n=2"),))
    async with serve() as server:
        await send(_build(server.url, edits=edits).outgoing)
        await send(_build(server.url, edits=edits, resign=True).outgoing)
        await send(_build(server.url, edits=edits, timestamp=None).outgoing)
    refused, resigned, exact = server.requests
    edited = b'{"event":"data.new","timestamp":"' + FRESH.encode() + b'","data":{"n":2}}'
    assert refused.body == resigned.body == edited
    assert b"2026-03-25T14:30:00Z" in exact.body
    assert verify(tuple(refused.headers), edited, Secrets(SECRET)) is Verdict.INVALID
    assert verify(tuple(resigned.headers), edited, Secrets(SECRET)) is Verdict.VALID
    for request in server.requests:
        found = read_mark(tuple(request.headers), request.body, Secrets(SECRET))
        assert found == (Origin.REPLAY, 12)


async def test_signing_again_replaces_every_signature_and_nothing_else(serve: Serve) -> None:
    headers = (*HEADERS, (b"x-propexo-signature", b"sha256=another"))
    async with serve() as server:
        await send(_build(server.url, content=_content(headers=headers), resign=True).outgoing)
    (request,) = server.requests
    assert request.body == BODY
    assert request.values("X-Propexo-Signature") == [sign(SECRET, BODY).encode()]


async def test_another_address_replaces_the_path_too(serve: Serve) -> None:
    async with serve() as server:
        delivery = _delivery(path="http://evil.example/ \x1b")
        await send(_build("", delivery=delivery, url=server.url + "/mine").outgoing)
    assert server.requests[0].target == "/mine"


async def test_a_wrong_path_is_replayed_as_it_was(serve: Serve) -> None:
    async with serve() as server:
        delivery = _delivery(path="//evil.example/../hook", method="PUT")
        await send(_build(server.url, delivery=delivery).outgoing)
        get = _delivery(path="/wp-login.php", method="GET")
        await send(_build(server.url, delivery=get, content=_content(b"", ())).outgoing)
    put, got = server.requests
    assert (put.method, put.target) == ("PUT", "//evil.example/../hook")
    assert (got.method, got.target, got.body) == ("GET", "/wp-login.php", b"")


async def test_headers_that_no_client_can_send_are_named(serve: Serve) -> None:
    headers: Headers = (
        (b"X-Latin", b"caf\xe9"),
        (b"X-Control", b"a\x01b"),
        (b"X Name", b"x"),
        (b"X-Kept", b"y"),
    )
    async with serve() as server:
        replay = _build(server.url, content=_content(headers=headers))
        reply = await send(replay.outgoing)
    assert reply.accepted
    assert replay.omitted == ("X-Latin", "X-Control", "X Name")
    assert server.requests[0].values("X-Kept") == [b"y"]


def test_half_a_body_is_not_replayed() -> None:
    content = Content(HEADERS, BODY[:10], len(BODY), hashlib.sha256(BODY).digest())
    with pytest.raises(ReplayError, match="only the first 10 of its"):
        _build("http://127.0.0.1", content=content)


def test_a_damaged_body_is_not_replayed() -> None:
    content = Content(HEADERS, BODY, len(BODY), bytes(32))
    with pytest.raises(ReplayError, match="checksum"):
        _build("http://127.0.0.1", content=content)


@pytest.mark.parametrize("path", ["*", "http://evil.example/", "/a b", "/\x1b", "/é", "/a#b", ""])
def test_a_path_that_cannot_be_sent_is_refused(path: str) -> None:
    with pytest.raises(ReplayError, match="--url"):
        _build("http://127.0.0.1", delivery=_delivery(path=path))


def test_a_method_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(ReplayError, match="method"):
        _build("http://127.0.0.1", delivery=_delivery(method="PO ST"))


def test_what_is_no_json_cannot_be_edited() -> None:
    with pytest.raises(EditError, match="not a JSON object"):
        _build(
            "http://127.0.0.1",
            content=_content(b"\x1f\x8b"),
            edits=Edits((parse_assignment("a=1"),)),
        )
