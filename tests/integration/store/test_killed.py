"""kill -9 under load: the oracle is what the killed process itself said of its receipts."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from store.database import Database
from store.processing import queue
from store.reader import Reader
from store.reading.events import list_events
from store.records import EventState
from tests.stand_ins.arrivals import accepted, look
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.records import Receipt
    from tests.stand_ins.store_processes import Child

_ROUNDS = 6
_STRIDE = 1_000_000
_LEAST = 20
"""Receipts in a round, however slow the machine is."""
_PROCESSED = "SELECT id FROM events WHERE state = 'processed' ORDER BY finish"


class Told(NamedTuple):
    """A receipt, as the child said it."""

    number: int
    delivery_id: int
    event_id: int
    duplicate: int
    again: int


def _told(child: Child) -> list[Told]:
    lines = [line.split() for line in child.lines()]
    return [Told(*map(int, words)) for words in lines if len(words) == 5]


def test_no_receipt_is_ever_broken(path: Path, start: Callable[..., Child]) -> None:
    told: list[Told] = []
    for number in range(_ROUNDS):
        child = start("load", path, number * _STRIDE)
        child.wait_for("ready")
        # When it dies is left to chance, in the middle of whatever it does then.
        wait_until(lambda child=child: len(_told(child)) > _LEAST, "receipts")  # type: ignore[misc]
        if number == _ROUNDS - 1:
            wait_until(lambda: look(path, _PROCESSED), "an event is processed")
        time.sleep(random.uniform(0.0, 0.4))
        child.kill()
        told += _told(child)
        _require_kept(path, told)
    assert len(told) > _ROUNDS * _LEAST
    assert any(receipt.duplicate for receipt in told)
    _require_recognised(path, told)
    _require_processed_once(path)


def _require_kept(path: Path, told: list[Told]) -> None:
    assert look(path, "PRAGMA quick_check") == ["ok"]
    rows = "SELECT id, identity, event_id FROM deliveries WHERE event_id IS NOT NULL"
    stored = {row[0]: row[1:] for row in look(path, rows)}
    for receipt in told:
        facts = accepted(receipt.number).facts
        assert facts
        assert stored[receipt.delivery_id] == (facts.identity, receipt.event_id)
        assert receipt.duplicate == (receipt.delivery_id != receipt.event_id)
    # One event an identity, whatever was killed between a delivery and its repetition.
    several = (
        "SELECT identity FROM deliveries WHERE event_id IS NOT NULL "
        "GROUP BY identity HAVING count(DISTINCT event_id) > 1 OR sum(event_id = id) <> 1"
    )
    assert look(path, several) == []


def _require_recognised(path: Path, told: list[Told]) -> None:
    """After the last kill, each is a duplicate of the event that its receipt named."""
    database = Database(path)
    sample = random.sample(told, 100)

    async def again() -> list[Receipt]:
        arrivals = (accepted(receipt.number) for receipt in sample)
        return list(await asyncio.gather(*(database.append(a, 30) for a in arrivals)))

    receipts = asyncio.run(again())
    database.close()
    assert [receipt.event_id for receipt in receipts] == [receipt.event_id for receipt in sample]
    assert all(receipt.duplicate for receipt in receipts)
    assert min(receipt.delivery_id for receipt in receipts) > max(t.delivery_id for t in told)


def _require_processed_once(path: Path) -> None:
    """The end of an event and its change were committed together, in the order received."""
    done = look(path, _PROCESSED)
    assert done
    assert done == sorted(done)
    assert look(path, "SELECT event_id FROM changes ORDER BY id") == done
    assert look(path, "SELECT max(attempts) FROM events") == [1]
    (admitted,) = look(path, "SELECT value FROM progress WHERE name = 'admitted'")
    expected = look(path, "SELECT id FROM deliveries WHERE event_id = id AND id <= ?", admitted)
    assert look(path, "SELECT id FROM events ORDER BY id") == expected


@pytest.mark.parametrize("count", [1, 5])
def test_a_receipt_is_kept_even_if_it_is_the_last_thing_that_happened(
    path: Path, start: Callable[..., Child], count: int
) -> None:
    child = start("die_of_a_receipt", path, count)
    wait_until(lambda: child.process.poll() is not None, "its death")

    assert child.process.returncode == -signal.SIGKILL
    told = _told(child)
    assert len(told) == count
    _require_kept(path, told)


def test_what_was_received_before_the_kill_is_processed_after_it(
    path: Path, start: Callable[..., Child]
) -> None:
    child = start("load", path, 0)
    child.wait_for("ready")
    wait_until(lambda: len(_told(child)) > _LEAST, "receipts")
    child.kill()

    database = Database(path)
    while database.write(lambda connection: queue.admit(connection, 1_000)).result(30):
        pass
    reader = Reader(path)
    with reader.connect() as connection:
        events = {event.id for event in list_events(connection, limit=0)}
        pending = [e for e in list_events(connection, limit=0) if e.state is EventState.PENDING]
    reader.close()
    claimed = database.write(lambda connection: queue.claim(connection, 100_000)).result(30)
    database.close()

    assert {receipt.event_id for receipt in _told(child)} <= events
    assert [claim.id for claim in claimed] == sorted(event.id for event in pending)
