"""Floods of what strangers can send: webhooks are answered, and the store stays bounded."""

from __future__ import annotations

import itertools
import os
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.writing.refused_rows import REFUSED_KEPT
from tests.conftest import wait_until
from tests.stand_ins.receiver_process import signed_request
from tests.stress.house import ANSWER_S, SLACK_S, write_body
from tests.stress.oracle import read_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stand_ins.receiver_process import ReceiverProcess
    from tests.stress.house import House

MIB = 1 << 20
_SLACK_ROWS = 2_000
"""The inbox lets so many more rows of refused deliveries come before the oldest must go."""


def unsigned(size: int) -> bytes:
    return signed_request(b" " * size, "sha256=" + "0" * 64)


LARGE, SMALL, MALFORMED = unsigned(MIB), unsigned(2), b"\x16\x03\x01" * 50


def send_refused(receiver: ReceiverProcess, stop: threading.Event, raw: bytes) -> None:
    while not stop.is_set():
        receiver.ask(raw)


def hold_bodies_back(receiver: ReceiverProcess, stop: threading.Event, raw: bytes) -> None:
    """Fifty bodies at a time that never come to their end."""
    while not stop.is_set():
        with ExitStack() as stack:
            for _ in range(50):
                with suppress(OSError):
                    stack.enter_context(receiver.dial()).send(raw[:-1])
            stop.wait(1)


@contextmanager
def flooded(house: House) -> Iterator[None]:
    """Strangers send what they can for as long as the block lasts."""
    stop = threading.Event()
    works: list[tuple[Callable[..., None], bytes]] = [
        (send_refused, LARGE),
        (send_refused, SMALL),
        (send_refused, SMALL),
        (send_refused, MALFORMED),
        (hold_bodies_back, SMALL),
    ]
    threads = [
        threading.Thread(target=work, args=(house.receiver, stop, raw)) for work, raw in works
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def send_for(house: House, seconds: float) -> list[float]:
    """Delivers an event now and then; how long each answer took."""
    took: list[float] = []
    end = time.monotonic() + seconds
    for number in itertools.count(1):
        if time.monotonic() > end:
            return took
        body = write_body(unit=f"u{number % 3}", sqft=number)
        began = time.monotonic()
        reply = house.receiver.ask(signed_request(body), ANSWER_S + 2 * SLACK_S)
        took.append(time.monotonic() - began)
        assert reply is not None
        assert reply.status == 200
        house.account.sent.add(body)
        house.account.acknowledged.append((body, reply.json))
        time.sleep(0.02)
    raise AssertionError


def require_bounded(house: House) -> None:
    ledger = read_ledger(house.receiver.db)
    rows = {row[0]: row for row in ledger.deliveries}
    for body, answer in house.account.acknowledged:
        assert rows[answer["delivery_id"]][3] == body
    refused = [row for row in ledger.deliveries if row[1] is None]
    assert refused
    assert len(refused) <= REFUSED_KEPT + _SLACK_ROWS
    house.drain()


def test_webhooks_are_answered_in_a_flood(house: House) -> None:
    house.receiver.start()
    with flooded(house):
        took = send_for(house, 1)
    assert max(took) < ANSWER_S + SLACK_S
    require_bounded(house)


@pytest.mark.stress
def test_a_long_flood_pushes_nothing_out_that_was_accepted(house: House) -> None:
    house.receiver.start()
    began = time.monotonic()
    with flooded(house):
        took = send_for(house, 60)
    assert max(took) < ANSWER_S
    require_bounded(house)
    newest = max(row[0] for row in read_ledger(house.receiver.db).deliveries)
    size = sum(part.stat().st_size for part in house.receiver.folder.glob("store.db*"))
    median = sorted(took)[len(took) // 2]
    print(  # noqa: T201 - the figures of this run
        f"{newest} requests in {time.monotonic() - began:.0f} s; {len(took)} webhooks, "
        f"median {1000 * median:.0f} ms, worst {1000 * max(took):.0f} ms; "
        f"the store has {size / MIB:.0f} MiB"
    )


def test_no_more_files_may_be_opened(house: House) -> None:
    """More connections than files: it stays, says nothing, and goes on when they are closed."""
    receiver = house.receiver
    receiver.start()
    house.deliver_until_taken(write_body())
    house.drain()
    said = len(receiver.said)
    open_files = len(list(Path(f"/proc/{receiver.pid}/fd").iterdir()))
    receiver.limit("RLIMIT_NOFILE", open_files + 10)
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(receiver.dial()).send(b"POST ")
        wait_until(lambda: _has_no_file_left(receiver, open_files + 10), "no file is left")
        before = _cpu_seconds(receiver)
        time.sleep(1)  # how much it takes in a second
        assert _cpu_seconds(receiver) - before < 0.5
    house.deliver_until_taken(write_body(sqft=901))
    house.drain()
    receiver.limit("RLIMIT_NOFILE", None)
    assert all(line.startswith("{") for line in receiver.said[said:])
    house.finish()


def _has_no_file_left(receiver: ReceiverProcess, most: int) -> bool:
    return len(list(Path(f"/proc/{receiver.pid}/fd").iterdir())) >= most


def _cpu_seconds(receiver: ReceiverProcess) -> float:
    fields = Path(f"/proc/{receiver.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
