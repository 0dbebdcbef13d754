"""Many deliveries: the memory stays as it was, and so does the write-ahead log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.stand_ins.receiver_process import signed_request
from tests.stress.house import write_body

if TYPE_CHECKING:
    from tests.stand_ins.receiver_process import ReceiverProcess
    from tests.stress.house import House

MIB = 1 << 20
_CONNECTIONS, _AT_ONCE = 8, 16
_MOST_LOG = 240 * MIB
"""The write-ahead log is moved once 96 MiB are in use, as far as that can be told; where the thread
that does it gets no time, at twice as much at the latest."""


def deliver_many(receiver: ReceiverProcess, first: int, count: int) -> None:
    """New events over some connections, several on their way in each."""

    def send(start: int) -> None:
        with receiver.dial(30) as wire:
            numbers = range(first + start, first + count, _CONNECTIONS)
            for begin in range(0, len(numbers), _AT_ONCE):
                some = numbers[begin : begin + _AT_ONCE]
                bodies = [write_body(unit=f"u{n % 500}", hour=n % 24, sqft=n) for n in some]
                wire.send(b"".join(map(signed_request, bodies)))
                replies = [wire.receive() for _ in bodies]
                assert all(reply and reply.status == 200 for reply in replies)

    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        list(threads.map(send, range(_CONNECTIONS)))


def grow(house: House, before: int, count: int, step: int) -> list[int]:
    """The memory in use, after `before` deliveries and then after each `step` more."""
    house.receiver.start()
    deliver_many(house.receiver, 0, before)
    found = [house.receiver.rss()]
    for first in range(before, before + count, step):
        deliver_many(house.receiver, first, step)
        found.append(house.receiver.rss())
        assert _log_size(house) < _MOST_LOG
    return found


def _log_size(house: House) -> int:
    return house.receiver.db.with_name("store.db-wal").stat().st_size


def test_memory_over_some_deliveries(house: House) -> None:
    sizes = grow(house, 500, 1_000, 1_000)
    # What is remembered of each so that a repetition is known without a query: 0.15 KiB.
    assert sizes[-1] - sizes[0] < 7 * MIB, sizes


@pytest.mark.stress
@pytest.mark.parametrize("count", [50_000, 1_000_000])
def test_memory_over_very_many_deliveries(house: House, count: int) -> None:
    # By then as many identities are remembered as ever will be: 300,000 may wait, and some more.
    sizes = grow(house, 400_000, count, 50_000)
    print([size // MIB for size in sizes])  # noqa: T201 - the figures of this run
    assert max(sizes) - sizes[0] < 24 * MIB, sizes
    assert sizes[-1] - sizes[-1 - len(sizes) // 4] < 8 * MIB, sizes
