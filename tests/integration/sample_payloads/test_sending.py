"""Requests of ours, seen by a real server."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from receiver.arrival.origin import read_mark
from receiver.judging.signing import Secrets, verify
from sample_payloads.sending import Sender, build_sample, send
from sample_payloads.signatures import Mistake
from store.records import Origin, Verdict
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., Any]

SECRET = b"whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"
BODY = b'{"event":"test.ping"}'


async def test_a_sample_arrives_signed_and_marked_and_with_nothing_else(serve: Serve) -> None:
    async with serve() as server:
        reply = await send(build_sample(server.url + "/hook?a=1", BODY, SECRET, "meterbase-tui/9"))
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/hook?a=1", BODY)
    headers = tuple(request.headers)
    assert verify(headers, BODY, Secrets(SECRET)) is Verdict.VALID
    assert read_mark(headers, BODY, Secrets(SECRET)) == (Origin.SAMPLE, None)
    assert request.values("User-Agent") == [b"meterbase-tui/9"]
    assert request.values("Content-Type") == [b"application/json"]
    assert {name.lower() for name, _ in headers} == {
        b"host", b"content-type", b"user-agent", b"x-propexo-signature", b"x-meterbase-origin",
        b"content-length", b"connection",
    }  # fmt: skip
    assert reply.accepted
    assert reply.answer == {"status": "accepted", "delivery_id": 7}
    assert 0 < reply.ms < 5_000
    assert reply.error is None


async def test_a_mistake_arrives_as_it_was_made(serve: Serve) -> None:
    async with serve() as server:
        await send(build_sample(server.url, BODY, SECRET, "x", Mistake.TWO_SIGNATURES))
        await send(build_sample(server.url, BODY, SECRET, "x", Mistake.BODY_COMPRESSED))
    two, compressed = server.requests
    assert len(two.values("X-Propexo-Signature")) == 2
    assert compressed.values("Content-Encoding") == [b"gzip"]
    # The mark is proven over what was sent, so a wrongly signed sample is still known as ours.
    for request in (two, compressed):
        mark = read_mark(tuple(request.headers), request.body, Secrets(SECRET))
        assert mark == (Origin.SAMPLE, None)


async def test_a_redirect_is_an_answer_and_is_not_followed(serve: Serve) -> None:
    async def elsewhere(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serve(elsewhere) as server:
        reply = await send(build_sample(server.url, BODY, SECRET, "x"))
    assert reply.status == 307
    assert not reply.accepted
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [201, 202, 204, 401, 503])
async def test_only_200_is_accepted(serve: Serve, status: int) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, text="" if status == 204 else "no JSON")

    async with serve(answer) as server:
        reply = await send(build_sample(server.url, BODY, SECRET, "x"))
    assert (reply.status, reply.accepted) == (status, False)
    assert reply.answer == ("" if status == 204 else "no JSON")


async def test_an_answer_without_an_end_is_cut(serve: Serve) -> None:
    async def flood(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            return response

    async with serve(flood) as server:
        reply = await send(build_sample(server.url, BODY, SECRET, "x"))
    assert isinstance(reply.answer, str)
    assert len(reply.answer) == 65_536


async def test_several_requests_arrive_in_their_order(serve: Serve) -> None:
    async with serve() as server, Sender() as sender:
        for number in range(20):
            await sender.send(build_sample(server.url, b"%d" % number, SECRET, "x"))
    assert [request.body for request in server.requests] == [b"%d" % n for n in range(20)]


async def test_nobody_there_is_a_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        reply = await send(build_sample(url, BODY, SECRET, "x"))
    assert reply.status is None
    assert not reply.accepted
    assert reply.error == f"Nothing answers at {url} (connection refused)."


async def test_silence_ends_at_the_deadline() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with Stopwatch() as took:
            reply = await send(build_sample(url, BODY, SECRET, "x"), timeout_s=0.3)
    assert took.seconds < 3
    assert reply.error == f"{url} did not answer within 0.3 s."


@pytest.mark.parametrize(
    ("answer", "words"), [(b"", "closed the connection"), (b"SSH-2.0-x\r\n", "as HTTP does")]
)
async def test_what_is_no_answer_is_a_sentence(answer: bytes, words: str) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        reply = await send(build_sample(url, BODY, SECRET, "x"))
    assert reply.status is None
    assert words in (reply.error or "")


@pytest.mark.parametrize("url", ["http://[bad/", "http:///x", "nonsense"])
async def test_what_is_no_address_is_a_sentence(url: str) -> None:
    reply = await send(build_sample(url, BODY, SECRET, "x"))
    assert reply.error == f"{url} is not an address that a request can be sent to."
