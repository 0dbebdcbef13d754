"""What works in the background begins again when a mistake ended it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from receiver.background import workers
from receiver.background.workers import Failures, Worker, persist
from tests.conftest import wait_until


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE_S", 0.01)


@pytest.mark.parametrize("error", [KeyError("secret"), SystemExit(1), KeyboardInterrupt()])
def test_a_thread_begins_again_whatever_ended_it(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    stopping, calls = threading.Event(), []

    def work() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise error
        stopping.wait()

    worker = Worker("tests", "The work", work, stopping)
    wait_until(lambda: len(calls) == 3, "the third start")
    assert worker.state.running
    assert (worker.state.failures, worker.state.error) == (2, type(error).__name__)
    assert "secret" not in repr(worker.state)
    assert caplog.text.count("The work ended by a mistake of ours and begins again") == 2
    stopping.set()
    worker.join(60)
    after = worker.state
    assert not after.running
    assert len(calls) == 3


def test_one_that_is_to_stop_does_not_wait_for_its_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE_S", 20.0)
    stopping = threading.Event()
    failed = threading.Event()

    def work() -> None:
        failed.set()
        raise KeyError

    worker = Worker("tests", "The work", work, stopping)
    assert failed.wait(60)
    stopping.set()
    worker.join(60)
    assert not worker.state.running


def test_pauses_grow_and_what_went_well_for_long_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE_S", 0.5)
    now = 1_000.0
    monkeypatch.setattr("receiver.background.workers.time.monotonic", lambda: now)
    failures = Failures("The work")
    assert failures.state(running=True).failures == 0
    assert [failures.note(KeyError()) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert failures.state(running=True).failures == 8
    now += workers.REMEMBERED_S + workers.LONGEST_PAUSE_S
    assert failures.state(running=True) == workers.WorkerState("The work", running=True)
    assert failures.note(KeyError()) == 0.5


async def test_a_task_begins_again_and_ends_when_it_is_cancelled() -> None:
    calls: list[int] = []
    third = asyncio.Event()

    async def work() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise KeyError
        third.set()
        await asyncio.sleep(60)

    failures = Failures("The work")
    task = asyncio.create_task(persist(work, failures))  # noqa: TID251 - it is awaited below
    async with asyncio.timeout(60):
        await third.wait()
    assert failures.state(running=True).failures == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
