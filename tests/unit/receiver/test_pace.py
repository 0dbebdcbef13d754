"""How much the processor takes at once."""

from __future__ import annotations

import time

import pytest

from receiver.background.pace import Bounds, Pace

SMALL = Bounds(events=40, events_in_burst=8, seconds=60.0, seconds_in_burst=0.0)


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
    pace = Pace(lambda: True, Bounds(events=1_000, seconds=0.01))
    work(pace, 10, 0.001)  # 100 µs each: 100 of them fit
    assert 48 <= pace.size <= 96
    assert pace.size % 8 == 0


def test_a_batch_of_quick_events_takes_as_many_as_it_may() -> None:
    pace = Pace(lambda: True, SMALL)
    assert pace.size == 40


def test_a_batch_grows_to_no_more_than_twice_the_last_one() -> None:
    pace = Pace(lambda: True, Bounds(events=10_000, seconds=0.01))
    work(pace, 10, 0.002)
    sizes = []
    for _ in range(3):
        sizes.append(pace.size)
        work(pace, 1_000_000, 0.0)
    assert 16 <= sizes[0] <= 48
    assert sizes[1] == pytest.approx(2 * sizes[0], abs=8)
    assert sizes[2] == pytest.approx(4 * sizes[0], abs=24)


def test_a_batch_takes_some_events_however_long_they_take() -> None:
    pace = Pace(lambda: True, Bounds(events=512, seconds=0.001))
    work(pace, 1, 0.002)
    assert pace.size == 8
    assert Pace(lambda: True, Bounds(events=1, events_in_burst=1, seconds=0)).size == 1


def test_a_batch_without_events_says_nothing_of_how_long_they_take() -> None:
    pace = Pace(lambda: True, Bounds(events=512, seconds=0.001))
    before = pace.size
    work(pace, 0, 0.002)
    assert pace.size == before


def test_in_a_burst_batches_are_small_whatever_they_were() -> None:
    lull = True
    pace = Pace(lambda: lull, SMALL)
    assert pace.size == 40
    lull = False
    assert pace.size == 8


@pytest.mark.parametrize(("lull", "over"), [(True, False), (False, True)])
def test_a_batch_has_its_time_by_what_goes_on(lull: bool, over: bool) -> None:
    pace = Pace(lambda: lull, SMALL)
    pace.start()
    spend(0.001)
    assert pace.is_over(8) is over


def test_the_clock_is_looked_at_after_every_eighth_event() -> None:
    pace = Pace(lambda: False, SMALL)
    pace.start()
    spend(0.001)
    assert [number for number in range(1, 25) if pace.is_over(number)] == [8, 16, 24]


def test_waiting_for_others_is_not_held_against_a_batch() -> None:
    pace = Pace(lambda: True, Bounds(seconds=0.05))
    pace.start()
    time.sleep(0.06)
    assert not pace.is_over(8)
