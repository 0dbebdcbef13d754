"""How much the processor takes at once."""

from __future__ import annotations

import time

import pytest

from receiver.background.pace import Bounds, Pace

SMALL = Bounds(events=40, events_in_burst=8, seconds=60.0, seconds_in_burst=0.0)


def test_a_batch_grows_while_batches_are_done_in_time() -> None:
    pace = Pace(lambda: True, SMALL)
    sizes = []
    for _ in range(5):
        sizes.append(pace.size)
        pace.lengthen(pace.size)
    assert sizes == [8, 16, 32, 40, 40]


def test_a_batch_that_was_cut_short_is_followed_by_one_as_long() -> None:
    pace = Pace(lambda: True, SMALL)
    pace.lengthen(16)
    pace.shorten(24)
    assert pace.size == 24


def test_in_a_burst_batches_are_small_whatever_they_were() -> None:
    lull = True
    pace = Pace(lambda: lull, SMALL)
    pace.lengthen(32)
    assert pace.size == 40
    lull = False
    assert pace.size == 8


def spend(seconds: float) -> None:
    """Has the processor busy for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


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
