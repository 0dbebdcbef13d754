"""A connection cut at every byte, slowed down or cut into pieces: no row, or the right one."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

import pytest

from store.records import Verdict
from tests.conftest import wait_until
from tests.integration.receiver.conftest import new_ping, request, request_in_chunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.receiver.conftest import Front

#: On closing, the other side gets a RST instead of an end of the stream.
_RESET = struct.pack("ii", 1, 0)


def cut_off(front: Front, beginning: bytes, *, reset: bool) -> None:
    with front.bench.dial() as wire:
        if reset:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        wire.send(beginning)


@pytest.mark.parametrize("build", [request, request_in_chunks], ids=["length", "chunks"])
@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
def test_a_request_that_is_cut_at_any_byte_is_no_event(
    front: Front, build: Callable[[bytes], bytes], reset: bool
) -> None:
    raw = build(new_ping())
    for length in range(len(raw)):
        cut_off(front, raw[:length], reset=reset)
    settle(front)
    cut = [row for row in front.rows() if row.verdict is not Verdict.VALID]
    assert {(row.status, row.verdict, row.event_id) for row in cut} <= {
        (400, Verdict.NOT_CHECKED, None)
    }
    # Of a head that is not whole there is no row; of a body that is not whole there is one, unless
    # a reset came before the request was read.
    bodies = len(raw) - raw.index(b"\r\n\r\n") - 4
    assert len(cut) <= bodies if reset else len(cut) == bodies


def settle(front: Front) -> None:
    """Nothing comes any more of the connections that were opened so far."""
    server = front.bench.service._runner.server
    assert server is not None
    # By the first answer all of them have been let in; by the second all that they say is written.
    assert front.ask(request(new_ping())).status == 200
    wait_until(lambda: not server.connections, "every connection is closed")
    assert front.ask(request(new_ping())).status == 200


def test_a_request_in_single_bytes_is_the_same_request(front: Front) -> None:
    body = new_ping()
    with front.bench.dial() as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request(body):
            wire.send(bytes([byte]))
        reply = wire.receive()
    assert reply is not None
    assert reply.status == 200
    assert front.content().body == body


def test_a_slow_line_is_no_reason_to_refuse(front: Front) -> None:
    """Two bytes in ten milliseconds, which is slower than any tunnel, and the end after 0.5 s."""
    body = new_ping()
    raw = request(body)
    with front.bench.dial() as wire:
        wire.send(raw[:-100])
        for start in range(len(raw) - 100, len(raw), 2):
            time.sleep(0.01)
            wire.send(raw[start : start + 2])
        reply = wire.receive()
    assert reply is not None
    assert reply.status == 200


@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
def test_an_answer_that_nobody_hears_is_a_duplicate_the_next_time(
    front: Front, reset: bool
) -> None:
    body = new_ping()
    cut_off(front, request(body), reset=reset)
    # A reset may overtake the request; then nothing is known of it.
    reply = front.ask(request(body))
    assert reply.status == 200
    settle(front)
    rows = [row for row in front.rows() if row.event_id == reply.json["event_id"]]
    assert [row.duplicate for row in rows] == [False, True][: len(rows)]
    assert reset or len(rows) == 2
