"""Another process has locked the store: refused in time, and then really not stored."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreRefusedError, StoreUnavailableError
from store.reader import Reader
from store.reading.deliveries import list_deliveries
from tests.integration.store.conftest import wait_for_any_lock
from tests.stand_ins.arrivals import accepted, look
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from store.records import Receipt
    from tests.stand_ins.store_processes import Child

    Meets = Callable[[], Awaitable[object]]

_LOCK_WAIT_S = 1.5
_ROOM_S = 0.6
"""For a machine that is busy with something else."""


@pytest.fixture
def holder(database: Database, start: Callable[..., Child]) -> Child:
    child = start("lock_holder", database.path)
    child.wait_for("ready")
    return child


async def timed(database: Database, number: int, timeout_s: float) -> tuple[object, float]:
    with Stopwatch() as took:
        try:
            result: object = await database.append(accepted(number), timeout_s)
        except StoreUnavailableError as error:
            result = error
    return result, took.seconds


async def test_every_caller_is_told_in_its_time(
    database: Database, holder: Child, meets_lock: Meets
) -> None:
    async def late(number: int, timeout_s: float) -> tuple[object, float]:
        await meets_lock()  # by now the writer has taken the first
        return await timed(database, number, timeout_s)

    (first, first_took), (second, second_took), (third, third_took) = await asyncio.gather(
        timed(database, 1, 0.2), late(2, 0.3), late(3, 10.0)
    )

    # The first was in the writer's hands: only the end of its attempt says what became of it.
    assert first_took < _LOCK_WAIT_S + _ROOM_S
    assert "locked" in str(first)
    # The second was not: it is withdrawn.
    assert second_took < 0.3 + _ROOM_S
    assert "in time" in str(second)
    # The third waited for the attempt of the first, then for its own.
    assert third_took < 2 * _LOCK_WAIT_S + _ROOM_S
    assert "locked" in str(third)

    assert holder.finish() == 0
    receipt, took = await timed(database, 4, 30)
    assert took < _ROOM_S
    assert getattr(receipt, "delivery_id", receipt) == 1
    assert look(database.path, "SELECT identity FROM deliveries") == [identity(4)]


def identity(number: int) -> bytes:
    facts = accepted(number).facts
    assert facts
    return facts.identity


async def test_a_lock_that_ends_in_time_is_not_noticed(
    database: Database, holder: Child, meets_lock: Meets
) -> None:
    wait_for_any_lock(database)
    append = asyncio.ensure_future(timed(database, 1, 60))
    await meets_lock()
    await asyncio.sleep(0.3)
    holder.finish()
    with Stopwatch() as took:
        receipt, _ = await append

    assert getattr(receipt, "delivery_id", receipt) == 1
    assert took.seconds < _ROOM_S


async def test_what_was_withdrawn_is_not_stored_when_the_lock_ends(
    database: Database, holder: Child, meets_lock: Meets
) -> None:
    wait_for_any_lock(database)
    first = asyncio.ensure_future(timed(database, 1, 60))
    await meets_lock()
    withdrawn, _ = await timed(database, 2, 0.1)
    holder.finish()
    receipts = [(await first)[0], (await timed(database, 3, 60))[0]]

    assert isinstance(withdrawn, StoreUnavailableError)
    assert [getattr(receipt, "delivery_id", receipt) for receipt in receipts] == [1, 2]
    identities = look(database.path, "SELECT identity FROM deliveries ORDER BY id")
    assert identities == [identity(1), identity(3)]


async def test_a_refused_event_is_new_when_it_is_sent_again(
    database: Database, holder: Child
) -> None:
    refusal, _ = await timed(database, 7, 0.1)
    holder.finish()
    receipts: list[Receipt] = [await database.append(accepted(7), 30) for _ in range(2)]

    assert isinstance(refusal, StoreUnavailableError)
    assert [(r.delivery_id, r.event_id, r.duplicate) for r in receipts] == [
        (1, 1, False),
        (2, 1, True),
    ]


async def test_a_holder_that_is_stopped_is_as_bad_and_its_death_as_good(
    database: Database, holder: Child
) -> None:
    holder.send(signal.SIGSTOP)
    refusal, took = await timed(database, 1, 0.5)
    holder.kill()
    receipt, took_then = await timed(database, 2, 30)

    assert isinstance(refusal, StoreUnavailableError)
    assert took < _LOCK_WAIT_S + _ROOM_S
    assert getattr(receipt, "delivery_id", receipt) == 1
    assert took_then < _ROOM_S


async def test_other_work_gives_up_early_and_does_not_hold_arrivals_up(
    database: Database, holder: Child
) -> None:
    with Stopwatch() as waited, pytest.raises(StoreUnavailableError, match="locked"):
        await asyncio.wrap_future(database.write(lambda _: None))
    assert waited.seconds < _ROOM_S

    work = [database.write(lambda _: None) for _ in range(5)]
    refusal, took = await timed(database, 1, 30)

    # Its own wait and that of one piece of work at most.
    assert isinstance(refusal, StoreUnavailableError)
    assert took < _LOCK_WAIT_S + 0.45
    for future in work:
        with pytest.raises(StoreUnavailableError):
            await asyncio.wrap_future(future)


async def test_chores_do_not_hold_arrivals_up(
    database: Database, holder: Child, meets_lock: Meets
) -> None:
    database.note_answer(1, 1.0)
    await meets_lock()  # the writer has begun to write it down by itself
    refusal, took = await timed(database, 1, 10)

    assert isinstance(refusal, StoreUnavailableError)
    assert took < _LOCK_WAIT_S + _ROOM_S
    holder.finish()
    await database.append(accepted(2), 30)
    times = "SELECT ms FROM acknowledgements"
    wait_until(lambda: look(database.path, times) == [1.0], "the answer's time after all")


def test_reading_goes_on(database: Database, start: Callable[..., Child]) -> None:
    asyncio.run(database.append(accepted(1), 30))
    holder = start("lock_holder", database.path)
    holder.wait_for("ready")

    reader = Reader(database.path)
    with reader.connect() as connection:
        assert [row.id for row in list_deliveries(connection)] == [1]
    reader.close()


def test_a_store_that_is_locked_at_the_start_opens_all_the_same(
    database: Database, holder: Child
) -> None:
    database.close()

    again = Database(database.path)
    holder.finish()
    assert asyncio.run(again.append(accepted(1), 30)).delivery_id == 1
    again.close()


def test_a_new_store_that_is_locked_is_refused_with_the_reason(
    tmp_path_factory: pytest.TempPathFactory, start: Callable[..., Child]
) -> None:
    path = tmp_path_factory.mktemp("locked") / "new.db"
    start("lock_holder", path).wait_for("ready")

    with pytest.raises(StoreRefusedError, match="locked"):
        Database(path)
