"""Refusals faster than anybody reads: each is answered and counted, and no event is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from receiver.arrival import flood
from tests.conftest import wait_until
from tests.integration.receiver.conftest import new_ping, request

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from store.records import Delivery
    from tests.conftest import Bench

SENT = 200
_COUNTED = re.compile(r"([\d,]+) requests? w(?:as|ere) refused like this within \d+\.\d s\.")
FORGED = request(signature=b"sha256=" + b"0" * 64)
MISPLACED = request(first=b"POST /elsewhere HTTP/1.1")


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is that tries it."""
    monkeypatch.setattr(flood, "MOST_AT_ONCE", 50)
    monkeypatch.setattr(flood, "MOST_A_SECOND", 5)


def send(bench: Bench, raw: bytes, count: int) -> None:
    with bench.dial() as wire:
        for _ in range(count):
            wire.send(raw)
            answer = wire.receive()
            assert answer is not None
            assert answer.status in (401, 404)


def counted(delivery: Delivery) -> int:
    """How many refused requests a row stands for, which it says in words, too."""
    found = _COUNTED.match(delivery.explanation or "")
    assert delivery.requests == (int(found[1].replace(",", "")) if found else 1)
    return delivery.requests


def stands_for(bench: Bench, status: int) -> int:
    return sum(counted(each) for each in bench.deliveries() if each.status == status)


def test_every_refusal_is_answered_and_in_a_row_or_counted_in_one(bench: Bench) -> None:
    send(bench, FORGED, SENT)
    send(bench, MISPLACED, 100)
    [event] = [bench.deliver(new_ping())]  # accepted as always

    wait_until(lambda: stands_for(bench, 401) == SENT, "a row for all that was refused")
    wait_until(lambda: stands_for(bench, 404) == 100, "a row for all that was misplaced")
    rows = bench.deliveries()
    assert len(rows) < SENT
    assert event.state == "processed"
    [flood] = [each for each in rows if each.status == 404 and counted(each) > 1][:1]
    assert (flood.path, flood.verdict) == ("/elsewhere", "not_checked")


def test_what_was_only_counted_is_written_down_at_the_end(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with open_bench() as bench:
        send(bench, FORGED, SENT)
    with open_bench() as again:
        assert stands_for(again, 401) == SENT
