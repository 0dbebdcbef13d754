from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.panels.pulse import draw_pulse
from meterbase_tui.queries.activity import MINUTES, Activity, Pulse, draw_bars, percentile
from store.reading.activity import Arrivals


def test_looks_are_added_up_and_the_old_is_forgotten() -> None:
    activity = Activity()
    activity.add(3, [Arrivals(100, 2, 1)])
    activity.add(5, [Arrivals(100, 1, 0), Arrivals(101, 0, 1)])
    assert activity.looked == 5
    pulse = activity.pulse(101, [])
    assert (pulse.accepted[-2:], pulse.refused[-2:]) == ((3, 0), (1, 1))
    assert sum(pulse.accepted[:-2]) == 0
    later = activity.pulse(100 + MINUTES, [])
    assert sum(later.accepted) + sum(later.refused) == 1
    assert activity.pulse(101, []).accepted == (0,) * MINUTES


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([], 50, None), ([7.0], 99, 7.0), ([3.0, 1.0, 2.0], 50, 2.0), ([1.0, 2.0], 50, 1.0)],
)
def test_percentiles(values: list[float], percent: int, found: float | None) -> None:
    assert percentile(values, percent) == found


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.integers(1, 100))
def test_so_many_do_not_exceed_a_percentile(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found is not None
    assert sum(value <= found for value in values) * 100 >= len(values) * percent
    assert sum(value < found for value in values) * 100 < len(values) * percent


def test_bars_show_the_most_one_and_nothing() -> None:
    assert draw_bars([0, 1, 500, 1000], 1000) == "·▁▄█"
    assert draw_bars([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert draw_bars([1], 1) == "█"
    assert draw_bars([0, 0], 0) == "··"


@pytest.mark.parametrize(("width", "lines"), [(57, 2), (47, 2), (78, 1), (38, 1)])
def test_accepted_and_refused_stand_apart_without_colour(width: int, lines: int) -> None:
    pulse = Pulse((0,) * 29 + (9999,), (0,) * 29 + (12,), 1.26, 4200.0)
    drawn = draw_pulse(pulse, width, lines=lines).plain
    assert all(part in drawn for part in ("✓", "✗", "█", "9,999/min", "12/min", "1.3 ms"))
    if width >= 47:
        assert max(map(len, drawn.split("\n"))) <= width
        assert "p99   4.2 s" in drawn
