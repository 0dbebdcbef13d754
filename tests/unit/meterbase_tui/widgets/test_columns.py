from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.columns import Column, place

COLUMNS = st.lists(
    st.builds(
        Column,
        key=st.just("k"),
        title=st.just("T"),
        width=st.integers(1, 30),
        share=st.integers(0, 5),
        max_width=st.none() | st.integers(30, 60),
        priority=st.integers(-2, 3),
    ),
    max_size=8,
)


@given(COLUMNS, st.integers(-1, 200), st.integers(0, 2))
def test_columns_never_exceed_the_width(columns: list[Column], width: int, gap: int) -> None:
    slots = place(columns, width, gap)
    assert sum(slot.width for slot in slots) + gap * (len(slots) - 1) <= max(0, width) or not slots
    assert bool(slots) == (bool(columns) and width > 0)
    assert [slot.index for slot in slots] == sorted({slot.index for slot in slots})
    assert all(slot.column is columns[slot.index] for slot in slots)


@given(COLUMNS, st.integers(1, 200), st.integers(0, 2))
def test_a_column_is_as_wide_as_it_says(columns: list[Column], width: int, gap: int) -> None:
    slots = place(columns, width, gap)
    for slot in slots:
        assert slot.width >= min(slot.column.width, width)
        if not slot.column.share:
            assert slot.width == min(slot.column.width, width)
        if slot.column.max_width is not None:
            assert slot.width <= slot.column.max_width


@given(COLUMNS, st.integers(1, 200), st.integers(0, 2))
def test_no_cell_is_wasted_while_a_column_could_take_it(
    columns: list[Column], width: int, gap: int
) -> None:
    slots = place(columns, width, gap)
    greedy = [slot for slot in slots if slot.column.share and slot.column.max_width is None]
    if greedy:
        assert sum(slot.width for slot in slots) + gap * (len(slots) - 1) == width


@given(COLUMNS, st.integers(1, 200), st.integers(0, 2))
def test_what_stays_is_at_least_as_important_as_what_goes(
    columns: list[Column], width: int, gap: int
) -> None:
    kept = {slot.index for slot in place(columns, width, gap)}
    gone = set(range(len(columns))) - kept
    for here in kept:
        for away in gone:
            assert (columns[here].priority, -here) > (columns[away].priority, -away)


def test_columns_leave_one_by_one_as_the_screen_narrows() -> None:
    columns = [
        Column("time", "Time", 8, priority=2),
        Column("event", "Event", 10, share=1, priority=3),
        Column("size", "Size", 6, priority=1),
        Column("ack", "Ack", 6, priority=1),
    ]
    assert [(s.column.key, s.width) for s in place(columns, 60, 1)] == [
        ("time", 8),
        ("event", 37),
        ("size", 6),
        ("ack", 6),
    ]
    assert [s.column.key for s in place(columns, 32, 1)] == ["time", "event", "size"]
    assert [s.column.key for s in place(columns, 20, 1)] == ["time", "event"]
    assert [(s.column.key, s.width) for s in place(columns, 7, 1)] == [("event", 7)]


def test_a_full_column_leaves_its_share_to_the_others() -> None:
    columns = [Column("a", "A", 10, share=1, max_width=15), Column("b", "B", 10, share=1)]
    assert [slot.width for slot in place(columns, 61, 1)] == [15, 45]


def test_the_last_cells_do_not_push_a_column_beyond_its_most() -> None:
    columns = [
        Column("a", "A", 10, share=1, max_width=12),
        Column("b", "B", 10, share=1),
        Column("c", "C", 10, share=1),
    ]
    assert [slot.width for slot in place(columns, 38, 0)] == [12, 13, 13]
    assert [slot.width for slot in place(columns, 35, 0)] == [12, 12, 11]


def test_a_column_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="'x' needs a width"):
        Column("x", "X", 0)
