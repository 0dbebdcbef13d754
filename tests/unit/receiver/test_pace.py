"""How much the processor takes at once."""

from __future__ import annotations

import time

import pytest

from receiver.background.pace import Bounds, Pace

SMALL = Bounds(events=40, events_in_burst=8, seconds=60.0, seconds_in_burst=0.0)


def always() -> bool:
    return True


def never() -> bool:
    return False


def spend(seconds: float) -> None:
    """Has the processor busy for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def work(pace: Pace, events: int, seconds: float) -> None:
    """A batch of so many events that takes so long in all."""
    pace.start()
    spend(seconds)
    pace.end(events)


def test_a_batch_takes_what_fits_into_its_time() -> None:
    pace = Pace(always, never, Bounds(events=1_000, seconds=0.01))
    work(pace, 10, 0.001)  # 100 µs each: 100 of them fit
    assert 48 <= pace.size <= 96
    assert pace.size % 8 == 0


def test_a_batch_of_quick_events_takes_as_many_as_it_may() -> None:
    pace = Pace(always, never, SMALL)
    assert pace.size == 40


def test_a_batch_grows_to_no_more_than_twice_the_last_one() -> None:
    pace = Pace(always, never, Bounds(events=10_000, seconds=0.01))
    work(pace, 10, 0.002)
    sizes = []
    for _ in range(3):
        sizes.append(pace.size)
        work(pace, 1_000_000, 0.0)
    assert 16 <= sizes[0] <= 48
    assert sizes[1] == pytest.approx(2 * sizes[0], abs=8)
    assert sizes[2] == pytest.approx(4 * sizes[0], abs=24)


def test_a_batch_takes_some_events_however_long_they_take() -> None:
    pace = Pace(always, never, Bounds(events=512, seconds=0.001))
    work(pace, 1, 0.002)
    assert pace.size == 8
    assert Pace(always, never, Bounds(events=1, events_in_burst=1, seconds=0)).size == 1


def test_a_batch_without_events_says_nothing_of_how_long_they_take() -> None:
    pace = Pace(always, never, Bounds(events=512, seconds=0.01))
    before = pace.size
    work(pace, 0, 0.005)
    assert pace.size == before > 8


def test_the_first_batch_takes_events_for_as_long_as_those_of_a_burst() -> None:
    bounds = Bounds(events=512, events_in_burst=20, seconds=0.02, seconds_in_burst=0.005)
    assert Pace(always, never, bounds).size == 80


def test_in_a_burst_batches_are_small_whatever_they_were() -> None:
    lull = True
    pace = Pace(lambda: lull, never, SMALL)
    assert pace.size == 40
    lull = False
    assert pace.size == 8


@pytest.mark.parametrize(("lull", "over"), [(True, False), (False, True)])
def test_a_batch_has_its_time_by_what_goes_on(lull: bool, over: bool) -> None:
    pace = Pace(lambda: lull, never, SMALL)
    pace.start()
    spend(0.001)
    assert pace.is_over(8) is over


def test_the_clock_is_looked_at_after_every_eighth_event() -> None:
    pace = Pace(never, never, SMALL)
    pace.start()
    spend(0.001)
    assert [number for number in range(1, 25) if pace.is_over(number)] == [8, 16, 24]


def test_waiting_for_others_is_not_held_against_a_batch() -> None:
    pace = Pace(always, never, Bounds(seconds=0.05))
    pace.start()
    time.sleep(0.06)
    assert not pace.is_over(8)


@pytest.mark.parametrize(("lull", "over"), [(True, [8, 16]), (False, [])])
def test_a_large_batch_ends_early_for_a_delivery_that_waits(lull: bool, over: list[int]) -> None:
    pace = Pace(lambda: lull, always, Bounds(seconds=60, seconds_in_burst=60))
    pace.start()
    assert [number for number in range(1, 20) if pace.is_over(number)] == over
