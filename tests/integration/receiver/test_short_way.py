"""Deliveries that come whole are answered without a task of their own, as if they had one."""

from __future__ import annotations

import random
import socket
import sqlite3
import struct
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from receiver.arrival import connection, http_server
from receiver.arrival.connection import Connection
from receiver.arrival.endpoint import Endpoint
from receiver.arrival.http_server import build_runner
from tests.conftest import PATH, wait_until
from tests.integration.receiver.conftest import new_ping, request, request_in_chunks
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.conftest import Bench

KINDS: tuple[tuple[int, Callable[[], bytes]], ...] = (
    (200, lambda: request(new_ping())),
    (200, lambda: request(new_ping(), b"Expect: nothing")),
    (200, lambda: request_in_chunks(new_ping(), size=7)),
    (200, lambda: request(new_ping()[:-1] + b" " * 70_000 + b"}")),
    (401, lambda: request(new_ping(), signature=None)),
    (404, lambda: request(new_ping(), first=b"POST /elsewhere HTTP/1.1")),
    (405, lambda: request(first=b"GET " + PATH.encode("ascii") + b" HTTP/1.1")),
)


@contextmanager
def held_up(store: Path) -> Iterator[None]:
    """Nothing can be committed meanwhile, so nothing is answered."""
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def connections(bench: Bench) -> list[Connection]:
    server = bench.service._runner.server
    assert server is not None
    return [each for each in server.connections if isinstance(each, Connection)]


def delivers(bench: Bench) -> bool:
    return any(each._delivering for each in connections(bench))


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For everything that came first on a connection, whether it went the short way."""
    taken: list[bool] = []
    deliver = Connection._deliver

    def note(self: Connection) -> bool:
        taken.append(deliver(self))
        return taken[-1]

    monkeypatch.setattr(Connection, "_deliver", note)
    return taken


def test_a_whole_delivery_goes_there(bench: Bench, ways: list[bool]) -> None:
    with bench.dial() as wire:
        for _ in range(3):
            wire.send(request(new_ping()))
            reply = wire.receive()
            assert reply is not None
            assert reply.status == 200
            assert reply.json["status"] == "accepted"
    # The answer is on its way before the call that gives it has ended.
    wait_until(lambda: ways == [True] * 3, "three short ways")


@pytest.mark.parametrize(
    "raw",
    [
        request(first=b"POST /elsewhere HTTP/1.1"),
        request(first=b"PUT " + PATH.encode("ascii") + b" HTTP/1.1"),
        request(first=b"POST " + PATH.encode("ascii") + b" HTTP/1.0"),
        request(new_ping(), b"Connection: close"),
        request(new_ping(), b"Expect: 100-continue"),
        request(new_ping(), b"Connection: Upgrade", b"Upgrade: websocket"),
        request(b" " * (64 << 10) + new_ping()),
        request(new_ping()) + request(new_ping()),
        request(new_ping())[:-1],
        b"POST\r\n\r\n",
    ],
    ids=lambda raw: raw[:60].decode("ascii") + "…" + str(len(raw)),
)
def test_nothing_else_does(bench: Bench, ways: list[bool], raw: bytes) -> None:
    with bench.dial() as wire:
        wire.send(raw)
        wait_until(lambda: bool(ways), "something came")
        assert ways[0] is False


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_is_answered_in_its_order_however_it_is_cut(bench: Bench, seed: int) -> None:
    dice = random.Random(seed)
    chosen = [dice.choice(KINDS) for _ in range(40)]
    stream = b"".join(make() for _, make in chosen)
    cuts = sorted(dice.sample(range(1, len(stream)), 60))
    with bench.dial() as wire:

        def send() -> None:
            for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
                wire.send(stream[start:end])
                if dice.random() < 0.3:
                    time.sleep(0.002)

        sender = threading.Thread(target=send)
        sender.start()
        replies = [wire.receive() for _ in chosen]
        sender.join()
    assert [reply and reply.status for reply in replies] == [status for status, _ in chosen]


def test_what_comes_meanwhile_is_answered_afterwards(bench: Bench) -> None:
    with bench.dial() as wire:
        with held_up(bench.settings.db):
            wire.send(request(new_ping()))
            wait_until(lambda: delivers(bench), "the first is being committed")
            wire.send(request(new_ping(), signature=None) + request(new_ping()))
            time.sleep(0.05)
        assert [getattr(wire.receive(), "status", None) for _ in range(3)] == [200, 401, 200]
        wire.send(request(new_ping()))
        assert wire.receive() is not None


def test_a_sender_that_leaves_before_its_answer_was_heard(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with held_up(bench.settings.db):
        with bench.dial() as wire:
            wire.send(request(new_ping()))
            wait_until(lambda: delivers(bench), "it is being committed")
            reset = struct.pack("ii", 1, 0)
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        wait_until(lambda: not connections(bench), "the connection is gone")
    wait_until(lambda: len(bench.deliveries()) == 1, "it is stored")
    assert caplog.records == []


def test_one_that_ends_its_side_meanwhile_is_answered_and_closed(bench: Bench) -> None:
    with bench.dial() as wire:
        with held_up(bench.settings.db):
            wire.send(request(new_ping()))
            wait_until(lambda: delivers(bench), "it is being committed")
            wire.end()
            time.sleep(0.05)
        reply = wire.receive()
        assert reply is not None
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert wire.closed()


def test_a_connection_is_idle_only_after_its_answer(
    open_bench: Callable[..., AbstractContextManager[Bench]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(http_server._SETTINGS, "keepalive_timeout", 0.4)
    with open_bench() as bench:
        # A machine that stands still in the pause takes a connection's time away: once more then.
        assert any(is_idle_after_its_answer(bench) for _ in range(5))


def is_idle_after_its_answer(bench: Bench) -> bool:
    with bench.dial() as wire:
        wire.send(request(new_ping()))
        assert wire.receive() is not None
        time.sleep(0.2)
        with held_up(bench.settings.db):
            wire.send(request(new_ping()))
            time.sleep(0.6)  # by now its time would be over
        reply = wire.receive()
        answered = time.monotonic()
        if reply is None:
            return False
        assert reply.status == 200
        with Stopwatch() as took:
            assert wire.closed()
        assert took.seconds < 2
        return time.monotonic() - answered > 0.2


def test_the_end_of_the_receiver_waits_for_the_answer(bench: Bench) -> None:
    runner = bench.service._runner
    with bench.dial() as wire:
        with held_up(bench.settings.db):
            wire.send(request(new_ping()))
            wait_until(lambda: delivers(bench), "it is being committed")
            end = bench.service.submit(runner.cleanup())
            time.sleep(0.3)
            assert not end.done()
        reply = wire.receive()
        assert reply is not None
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert wire.closed()
        end.result(30)


def test_while_it_is_answered_it_is_our_turn(bench: Bench) -> None:
    with bench.dial() as wire:
        wait_until(lambda: bool(connections(bench)), "it is connected")
        [each] = connections(bench)
        turns = [each.keeps_us_waiting]
        with held_up(bench.settings.db):
            wire.send(request(new_ping()))
            wait_until(lambda: delivers(bench), "it is being committed")
            turns.append(each.keeps_us_waiting)
        assert wire.receive() is not None
        turns.append(each.keeps_us_waiting)
    assert turns == [True, False, True]


def test_who_does_not_read_is_waited_for_by_the_task(bench: Bench, ways: list[bool]) -> None:
    with bench.dial() as wire:
        wait_until(lambda: bool(connections(bench)), "it is connected")
        [each] = connections(bench)
        bench.service._loop.call(each.pause_writing)
        wire.send(request(new_ping()))
        wait_until(lambda: bool(ways), "it came")
        assert ways == [False]
        bench.service._loop.call(each.resume_writing)
        assert wire.receive() is not None
        wait_until(lambda: each._waiter is not None, "the task waits for the next")
        wire.send(request(new_ping()))
        assert wire.receive() is not None
        wait_until(lambda: ways == [False, True], "the short way")


def test_a_mistake_of_ours_is_a_refusal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("a mistake")

    with bench.dial() as wire:
        monkeypatch.setattr("receiver.arrival.intake.judge", stumble)
        wire.send(request(new_ping()))
        reply = wire.receive()
        assert reply is not None
        assert (reply.status, reply.headers["retry-after"]) == (503, "60")
        monkeypatch.undo()
        wire.send(request(new_ping()))
        reply = wire.receive()
        assert reply is not None
        assert reply.status == 200
    assert "a mistake" in caplog.text


def test_an_aiohttp_that_lacks_what_it_builds_upon_is_refused_at_the_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_BUILT_UPON", (*connection._BUILT_UPON, "_not_there"))

    async def build() -> None:
        with pytest.raises(RuntimeError, match="aiohttp"):
            build_runner(Endpoint(bench.service._intake))

    bench.service.submit(build()).result(30)
