from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.scrollbar import line_at, thumb


@given(st.integers(0, 10**7), st.integers(0, 80), st.data())
def test_the_thumb_is_on_its_track_and_at_an_end_only_at_the_end(
    total: int, height: int, data: st.DataObject
) -> None:
    last = max(0, total - height)
    first = data.draw(st.integers(0, last))
    cells = thumb(total, height, first)
    assert bool(cells) == (height > 0 and total > height)
    if cells:
        assert 0 <= cells.start < cells.stop <= height
        if height - len(cells) > 1:
            assert (cells.start == 0) == (first == 0)
            assert (cells.stop == height) == (first == last)


@given(st.integers(1, 10**7), st.integers(2, 80))
def test_a_click_on_an_end_of_the_track_goes_to_that_end(total: int, height: int) -> None:
    assert line_at(total, height, 0) == 0
    assert line_at(total, height, height - 1) == max(0, total - height)
    assert line_at(total, height, height + 99) == max(0, total - height)
    assert line_at(total, height, -5) == 0


def test_the_thumb_shows_the_share_in_view() -> None:
    assert thumb(40, 10, 0) == range(2)
    assert thumb(40, 10, 30) == range(8, 10)
    assert thumb(20, 10, 5) == range(2, 7)
