"""Work beside arrivals waits for a lull, but not for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.writing import tasks
from store.writing.tasks import Task, Tasks

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Clock:
    """Stands in for the clock of the module."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tasks, "time", clock)
    return clock


def nothing(connection: Connection) -> None:
    del connection


def test_without_arrivals_it_runs_at_once(clock: Clock) -> None:
    waiting = Tasks()
    assert waiting.due_in() is None
    task = Task(nothing, since=clock.now)
    waiting.add(task)
    assert waiting.due_in() == 0.0
    assert waiting.pick(hurry=False) is task
    assert waiting.pick(hurry=False) is None


def test_it_waits_until_nothing_has_come_for_a_while(clock: Clock) -> None:
    waiting = Tasks()
    waiting.note_arrivals()
    waiting.add(Task(nothing, since=clock.now))
    assert waiting.due_in() == pytest.approx(0.008)
    assert waiting.pick(hurry=False) is None
    clock.now += 0.005
    waiting.note_arrivals()
    clock.now += 0.005
    assert waiting.due_in() == pytest.approx(0.003)
    clock.now += 0.0031
    assert waiting.pick(hurry=False) is not None


def test_its_patience_ends_also_while_they_keep_coming(clock: Clock) -> None:
    waiting = Tasks()
    waiting.add(Task(nothing, since=clock.now))
    for _ in range(9):
        clock.now += 0.002
        waiting.note_arrivals()
        assert waiting.pick(hurry=False) is None
    clock.now += 0.0021
    waiting.note_arrivals()
    assert waiting.due_in() == 0.0
    assert waiting.pick(hurry=False) is not None


def test_at_the_end_it_does_not_wait(clock: Clock) -> None:
    waiting = Tasks()
    waiting.add(Task(nothing, since=clock.now))
    waiting.note_arrivals()
    assert waiting.pick(hurry=False) is None
    assert waiting.pick(hurry=True) is not None


@pytest.mark.parametrize(("took", "patience"), [(0.001, 0.02), (0.015, 0.045), (5.0, 0.2)])
def test_the_longer_work_takes_the_longer_arrivals_come_first(
    clock: Clock, took: float, patience: float
) -> None:
    waiting = Tasks()
    waiting.note_work(took)
    waiting.add(Task(nothing, since=clock.now))
    passed = 0.0
    while passed < patience - 0.0015:
        waiting.note_arrivals()
        assert waiting.pick(hurry=False) is None
        clock.now += 0.001
        passed += 0.001
    clock.now += 0.002
    waiting.note_arrivals()
    assert waiting.pick(hurry=False) is not None


def test_a_lull_is_told(clock: Clock) -> None:
    waiting = Tasks()
    told = [waiting.lull]
    waiting.note_arrivals()
    for seconds in (0.0, 0.007, 0.002):
        clock.now += seconds
        told.append(waiting.lull)
    assert told == [True, False, False, True]


def begin_burst(waiting: Tasks, clock: Clock) -> None:
    """Two looks of so many arrivals in so little time; the clock is then right behind them."""
    for _ in range(2):
        waiting.note_arrivals(100)
        clock.now += 0.02
    waiting.note_arrivals(100)


def test_in_a_burst_it_runs_after_a_batch_or_two(clock: Clock) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    began = clock.now
    waiting.add(Task(nothing, since=clock.now))
    waited = [waiting.pick(hurry=False) is None]
    for _ in range(19):
        clock.now += 0.001
        # Answers to those who were committed just now go first, for as long again.
        if clock.now < began + 0.009:
            waiting.note_arrivals()
        waited.append(waiting.pick(hurry=False) is None)
    assert waited.index(False) in (9, 10)


def test_in_a_burst_it_does_not_wait_for_ever(clock: Clock) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    waiting.add(Task(nothing, since=clock.now))
    waited = []
    for _ in range(40):
        clock.now += 0.0005
        waiting.note_arrivals()
        waited.append(waiting.pick(hurry=False) is None)
    assert 20 <= waited.index(False) <= 25  # 12 ms


def test_a_burst_goes_before_what_nobody_waits_for(clock: Clock) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    began = clock.now
    waiting.add(Task(nothing, since=clock.now, patient=True))
    while waiting.pick(hurry=False) is None:
        clock.now += 0.005
        waiting.note_arrivals(20)
    assert 1.4 < clock.now - began < 1.6


@pytest.mark.parametrize("busy", [True, False])
def test_it_goes_before_it_again_while_the_disk_is_busy(clock: Clock, *, busy: bool) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    for _ in range(500):
        clock.now += 0.005
        waiting.note_arrivals(20)
    waiting.disk_is_busy = busy
    waiting.add(Task(nothing, since=clock.now, patient=True))
    picked = None
    for _ in range(500):
        clock.now += 0.005
        waiting.note_arrivals(20)
        picked = picked or waiting.pick(hurry=False)
    assert (picked is None) is busy

    waiting.disk_is_busy = False
    assert picked or waiting.pick(hurry=False)


def test_a_busy_disk_holds_nothing_back_without_a_burst(clock: Clock) -> None:
    waiting = Tasks()
    waiting.disk_is_busy = True
    waiting.note_arrivals(1)
    waiting.add(Task(nothing, since=clock.now, patient=True))
    clock.now += 0.0081
    assert waiting.pick(hurry=False) is not None
    begin_burst(waiting, clock)
    waiting.add(Task(nothing, since=clock.now, patient=True))
    clock.now += 0.031  # a pause in it
    assert waiting.pick(hurry=False) is not None


def test_a_burst_that_is_over_holds_nothing_back(clock: Clock) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    waiting.add(Task(nothing, since=clock.now, patient=True))
    clock.now += 0.025  # a pause as a burst has them, from a thread or the disk
    assert waiting.pick(hurry=False) is None
    clock.now += 0.006
    assert waiting.pick(hurry=False) is not None


def test_what_somebody_waits_for_is_not_held_back_by_a_burst(clock: Clock) -> None:
    waiting = Tasks()
    begin_burst(waiting, clock)
    waiting.add(Task(nothing, since=clock.now))
    clock.now += 0.0081
    assert waiting.pick(hurry=False) is not None


@pytest.mark.parametrize("busy", [True, False])
def test_after_work_in_a_burst_there_was_no_lull(clock: Clock, *, busy: bool) -> None:
    waiting = Tasks()
    if busy:
        begin_burst(waiting, clock)
    else:
        waiting.note_arrivals(1)
    clock.now += 0.02  # nothing was read meanwhile
    waiting.note_work(0.02)
    assert waiting.lull is not busy
