"""A sender that ends its own side of a connection can still read, and is answered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from tests.conftest import wait_until
from tests.integration.receiver.conftest import chunked, new_ping, request, request_in_chunks
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Bench

PAUSES = {"at-once": 0.0, "while-it-is-answered": 0.001, "a-little-later": 0.05}


@pytest.mark.parametrize("pause", PAUSES.values(), ids=PAUSES)
def test_a_request_is_answered_and_the_connection_closed(bench: Bench, pause: float) -> None:
    for _ in range(20):
        with bench.dial() as wire:
            wire.send(request(new_ping()))
            time.sleep(pause)
            wire.end()
            answer = wire.receive()
            assert answer is not None
            assert answer.status == 200
            assert answer.json["duplicate"] is False
            with Stopwatch() as took:
                assert wire.closed()
            assert took.seconds < 1
    assert [each.status for each in bench.deliveries()] == [200] * 20


@pytest.mark.parametrize("count", [2, 8])
def test_requests_that_came_together_are_all_answered(bench: Bench, count: int) -> None:
    with bench.dial() as wire:
        wire.send(b"".join(request(new_ping()) for _ in range(count)))
        wire.end()
        answers = [wire.receive() for _ in range(count)]
        with Stopwatch() as took:
            assert wire.closed()
        assert took.seconds < 1
    assert [answer and answer.status for answer in answers] == [200] * count
    assert len(bench.deliveries()) == count


def test_a_body_that_breaks_off_behind_a_whole_request(bench: Bench) -> None:
    with bench.dial() as wire:
        wire.send(request(new_ping()) + request(new_ping())[:-5])
        wire.end()
        answers = [wire.receive() for _ in range(2)]
        assert wire.closed()
    assert [answer and answer.status for answer in answers] == [200, 400]


@pytest.mark.parametrize("make", [request, request_in_chunks], ids=["with-a-length", "in-chunks"])
@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["at-once", "later"])
def test_a_body_that_breaks_off_is_refused_with_an_answer(
    bench: Bench, make: Callable[[bytes], bytes], pause: float
) -> None:
    raw = make(new_ping())
    with bench.dial() as wire:
        wire.send(raw[:-20])
        time.sleep(pause)
        wire.end()
        answer = wire.receive()
        assert answer is not None
        assert (answer.status, answer.json) == (400, {"error": "incomplete"})
        assert wire.closed()
    [delivery] = bench.deliveries()
    assert (delivery.status, delivery.verdict) == (400, "not_checked")


@pytest.mark.parametrize("head", [b"", b"POST /api/webhooks/propexo HTTP/1.1\r\nHost: x\r\n"])
def test_without_a_request_it_is_closed_at_once(bench: Bench, head: bytes) -> None:
    with bench.dial() as wire:
        wire.send(head)
        wire.end()
        with Stopwatch() as took:
            assert wire.closed()
        assert took.seconds < 1
    assert bench.deliveries() == []


def test_one_that_was_answered_before_is_closed_at_once(bench: Bench) -> None:
    with bench.dial() as wire:
        wire.send(request(new_ping()))
        assert wire.receive() is not None
        wire.end()
        with Stopwatch() as took:
            assert wire.closed()
        assert took.seconds < 1


def test_none_is_left_open(bench: Bench) -> None:
    server = bench.service._runner.server
    assert isinstance(server, web.Server)
    for raw in (request(new_ping()), request(chunked(b"no json")), request()[:-5], b"GET"):
        for _ in range(20):
            with bench.dial() as wire:
                wire.send(raw)
                wire.end()
    wait_until(lambda: not server.connections, "every connection closed")
