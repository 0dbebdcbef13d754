"""Many connections at once: they are bounded, and none of them keeps a webhook waiting."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from receiver.arrival import http_server
from receiver.arrival.http_server import MOST_CONNECTIONS
from tests.conftest import wait_until
from tests.integration.receiver.conftest import new_ping, request
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Bench, Wire
    from tests.integration.receiver.conftest import Front

BEGINNINGS = (b"", b"POST /", request(new_ping())[:90], request(b"{", length=b"20"))
"""Nothing, a part of a line, of a head and of a body."""


def count(bench: Bench) -> int:
    server = bench.service._runner.server
    assert server is not None
    return len(server.connections)


def is_open(wire: Wire) -> bool:
    wire.socket.setblocking(False)
    try:
        return wire.socket.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_the_oldest_that_keep_us_waiting_give_way(front: Front) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(front.bench.dial()) for _ in range(MOST_CONNECTIONS)]
        for number, wire in enumerate(held):
            wire.send(BEGINNINGS[number % len(BEGINNINGS)])
        wait_until(lambda: count(front.bench) >= MOST_CONNECTIONS, "all of them are let in")
        time.sleep(1.1)  # the grace that every connection has
        more = [stack.enter_context(front.bench.dial()) for _ in range(60)]
        with Stopwatch() as took:
            assert front.ask(request(new_ping())).status == 200
        assert took.seconds < 1
        wait_until(lambda: count(front.bench) <= MOST_CONNECTIONS, "there are not too many")
        wait_until(lambda: not any(map(is_open, held[:60])), "the oldest are closed")
        assert all(map(is_open, more))
    wait_until(lambda: not count(front.bench), "all are gone")


def test_a_burst_of_more_connections_is_answered_all_the_same(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long a slow machine takes to open them all.
    monkeypatch.setattr(http_server, "_GRACE_S", 60.0)
    with ExitStack() as stack:
        wires = [stack.enter_context(front.bench.dial()) for _ in range(MOST_CONNECTIONS + 60)]
        for wire in wires:
            wire.send(request(new_ping()))
        replies = [wire.receive() for wire in wires]
    assert [reply.status for reply in replies if reply] == [200] * len(wires)
    wait_until(lambda: not count(front.bench), "all are gone")
