"""Bodies that are too large, too slow, broken off or compressed, and many of them at once."""

from __future__ import annotations

import asyncio
import gc
import gzip
import hashlib
import logging
import time
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

import pytest

from receiver.arrival.intake import KEPT_OF_REFUSED
from store.records import Verdict
from tests.conftest import PATH, wait_until
from tests.integration.receiver.conftest import PING, new_ping, request, request_in_chunks
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.conftest import Bench
    from tests.integration.receiver.conftest import Front

LIMIT = 1 << 20


def bomb() -> bytes:
    """Somewhat less than a mebibyte that becomes almost a gibibyte."""
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"\x00" * (8 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing depends on what came before, so the block may be repeated.
    block = packer.compress(b"\x00" * (8 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 110


BOMB = bomb()


def of_size(size: int) -> bytes:
    body = new_ping()
    return body[:-1] + b" " * (size - len(body)) + b"}"


@pytest.mark.parametrize("build", [request, request_in_chunks], ids=["length", "chunks"])
def test_h20_a_body_of_just_a_mebibyte_is_accepted(
    front: Front, build: Callable[..., bytes]
) -> None:
    body = of_size(LIMIT)
    assert front.ask(build(body)).status == 200
    assert front.row().size == LIMIT
    assert front.content().body == body


@pytest.mark.parametrize("signature", [b"", None], ids=["signed", "unsigned"])
@pytest.mark.parametrize("build", [request, request_in_chunks], ids=["length", "chunks"])
def test_h21_one_byte_more_is_refused(
    front: Front, build: Callable[..., bytes], signature: bytes | None
) -> None:
    reply = front.ask(build(of_size(LIMIT + 1), signature=signature))
    assert (reply.status, reply.body) == (413, b'{"error":"too_large"}')
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (413, Verdict.NOT_CHECKED, None)
    assert row.explanation == "The body is larger than 1,048,576 bytes."
    assert front.content().body == b""


def test_h22_a_declared_size_is_refused_before_anything_is_read(front: Front) -> None:
    with front.bench.dial() as wire, Stopwatch() as took:
        wire.send(request(b"", length=b"10000000000"))
        reply = wire.receive()
        assert reply is not None
        assert reply.status == 413
        assert took.seconds < 0.5
        assert wire.closed()


def test_a_connection_that_is_left_behind_is_ended_with_the_receiver(
    open_bench: Callable[..., AbstractContextManager[Bench]], caplog: pytest.LogCaptureFixture
) -> None:
    with open_bench() as bench:
        assert bench.send(request(b"", length=b"10000000000")) is not None
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


def test_the_limit_is_a_setting(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with open_bench(max_body=len(PING)) as bench:
        assert bench.post(PING).status == 200
        assert bench.post(PING + b" ").status == 413
        assert bench.deliveries()[1].explanation == f"The body is larger than {len(PING)} bytes."


def test_h23_a_body_that_does_not_arrive_is_given_up_after_three_seconds(front: Front) -> None:
    """One that sends nothing more, and one that sends a byte now and then."""
    started = time.monotonic()
    with front.bench.dial() as silent, front.bench.dial() as dripping, Stopwatch() as took:
        silent.send(request(b"{", length=b"20"))
        dripping.send(request(b"", b"Transfer-Encoding: chunked", length=None))
        while time.monotonic() - started < 2.6:
            dripping.send(b"1\r\n \r\n")
            time.sleep(0.1)
        replies = [wire.receive() for wire in (silent, dripping)]
        assert time.monotonic() - started > 2.9
        assert took.seconds < 4.5
        assert silent.closed()
        assert dripping.closed()
    assert [reply.body for reply in replies if reply] == [b'{"error":"timeout"}'] * 2
    rows = front.rows()
    assert [(row.status, row.verdict) for row in rows] == [(408, Verdict.NOT_CHECKED)] * 2
    assert min(row.size for row in rows) == 1
    assert "1 bytes had" in str(min(rows, key=lambda row: row.size).explanation)


def test_h24_a_sender_that_leaves_is_logged_with_what_had_arrived(front: Front) -> None:
    with front.bench.dial() as wire:
        wire.send(request(b"{}", length=b"20"))
    [row] = wait_until(front.rows, "the delivery is logged")
    assert (row.status, row.verdict, row.size) == (400, Verdict.NOT_CHECKED, 2)
    assert row.explanation is not None
    assert row.explanation.startswith("The body broke off after 2 bytes")
    assert front.content().body == b"{}"


def test_a_sender_that_leaves_before_the_answer_has_still_been_heard(front: Front) -> None:
    with front.bench.dial() as wire:
        wire.send(request(new_ping()))
    [row] = wait_until(front.rows, "the delivery is logged")
    assert (row.status, row.verdict) == (200, Verdict.VALID)


@pytest.mark.slow
def test_h27_an_idle_connection_is_closed(front: Front) -> None:
    started = time.monotonic()
    with front.bench.dial(20) as idle, front.bench.dial(20) as slow, front.bench.dial(20) as used:
        slow.send(b"POST " + PATH.encode("ascii") + b" HTTP/1.1\r\nHost: x\r\n")
        used.send(request(new_ping()))
        assert used.receive() is not None
        assert all(wire.closed() for wire in (idle, slow, used))
    assert time.monotonic() - started < 19


def test_h28_many_half_sent_bodies_stop_nobody(front: Front) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(front.bench.dial()).send(request(b"{", length=b"20"))
        with Stopwatch() as took:
            assert front.ask(request(new_ping())).status == 200
        assert took.seconds < 2
    wait_until(lambda: len(front.rows()) == 301, "all are logged")
    # Of a machine that takes long to send them all, the first are given up.
    statuses = [row.status for row in front.rows()]
    assert statuses.count(400) + statuses.count(408) == 300


ENCODINGS = {
    "gzip": (b"gzip", gzip.compress(PING)),
    "GZIP": (b"GZIP", gzip.compress(PING)),
    "deflate": (b"deflate", zlib.compress(PING)),
    "br": (b"br", b"\x1b\x41\x00\xf8"),
    "zstd": (b"zstd", b"\x28\xb5\x2f\xfd"),
    "x-gzip": (b"x-gzip", gzip.compress(PING)),
    "twice": (b"gzip, gzip", gzip.compress(gzip.compress(PING))),
    "not-what-it-says": (b"gzip", PING),
    "cut-off": (b"gzip", gzip.compress(PING)[:-3]),
}


@pytest.mark.parametrize(("encoding", "body"), ENCODINGS.values(), ids=ENCODINGS)
def test_h31_a_compressed_body_is_verified_as_it_came_and_refused(
    front: Front, encoding: bytes, body: bytes
) -> None:
    reply = front.ask(request(body, b"Content-Encoding: " + encoding))
    assert (reply.status, reply.body) == (415, b'{"error":"unsupported_encoding"}')
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (415, Verdict.VALID, None)
    assert front.content().body == body


@pytest.mark.parametrize(("encoding", "body"), ENCODINGS.values(), ids=ENCODINGS)
def test_h31_unsigned_it_is_only_unsigned(front: Front, encoding: bytes, body: bytes) -> None:
    reply = front.ask(request(body, b"Content-Encoding: " + encoding, signature=None))
    assert (reply.status, reply.body) == (401, b'{"error":"invalid_signature"}')


def test_h32_identity_is_no_encoding(front: Front) -> None:
    assert front.ask(request(new_ping(), b"Content-Encoding: identity")).status == 200


@pytest.mark.parametrize(
    ("path", "signature", "status"),
    [(PATH, b"", 415), (PATH, None, 401), ("/nope", None, 404)],
    ids=["H33-signed", "H33-unsigned", "H34-to-another-path"],
)
def test_a_bomb_is_never_unpacked(
    front: Front, path: str, signature: bytes | None, status: int
) -> None:
    first = f"POST {path} HTTP/1.1".encode("ascii")
    lines = b"Content-Encoding: gzip"
    began = time.process_time()
    assert front.ask(request(BOMB, lines, first=first, signature=signature)).status == status
    # Unpacking it takes more than a second of a processor, and would come before the answer.
    assert time.process_time() - began < 0.5


def test_of_an_unsigned_body_only_the_beginning_is_kept(front: Front) -> None:
    body = of_size(LIMIT)
    assert front.ask(request(body, signature=None)).status == 401
    content = front.content()
    assert content.body == body[:KEPT_OF_REFUSED]
    assert (content.size, content.complete) == (LIMIT, False)
    assert content.body_sha256 == hashlib.sha256(body).digest()


@pytest.mark.parametrize("debug", [False, True])
def test_h38_a_mistake_of_ours_is_not_shown_to_the_internet(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, debug: bool
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("our-own-words")

    async def set_debug() -> None:
        asyncio.get_running_loop().set_debug(debug)

    bench.service.submit(set_debug()).result(30)
    with monkeypatch.context() as broken, caplog.at_level(logging.CRITICAL + 1):
        broken.setattr("receiver.arrival.intake.judge", fail)
        reply = bench.post(PING)
    assert (reply.status, reply.body) == (503, b'{"error":"store_unavailable"}')
    assert bench.deliveries() == []
    assert bench.post(PING).status == 200
