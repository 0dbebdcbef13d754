from __future__ import annotations

import tracemalloc
from array import array

from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.row_ids import RowIds, RowOrder

IDS = st.lists(st.integers(1, 60), max_size=30)


def listed(ids: RowIds) -> list[int]:
    return [ids[i] for i in range(len(ids))]


@given(IDS, st.lists(IDS, max_size=6))
def test_merging_keeps_ids_in_order_and_each_once(first: list[int], more: list[list[int]]) -> None:
    ids, model = RowIds(first), set(first)
    for batch in more:
        ids.merge(batch)
        model |= set(batch)
    assert listed(ids) == sorted(model)
    assert ids.newest == max(model, default=None)
    assert ids.oldest == min(model, default=None)


@given(IDS, st.integers(0, 61))
def test_ids_are_found_counted_and_dropped(given_ids: list[int], at: int) -> None:
    ids, model = RowIds(given_ids), sorted(set(given_ids))
    assert ids.find(at) == (model.index(at) if at in model else None)
    assert (at in ids) == (at in model)
    assert ids.newer(at) == sum(1 for i in model if i > at)
    dropped = ids.drop_before(at)
    assert list(dropped) == [i for i in model if i < at]
    assert listed(ids) == [i for i in model if i >= at]


@given(IDS, IDS)
def test_ids_are_removed_where_they_are(given_ids: list[int], gone: list[int]) -> None:
    ids = RowIds(given_ids)
    ids.remove(gone)
    assert listed(ids) == sorted(set(given_ids) - set(gone))


@given(st.sets(st.integers(1, 60)), st.booleans(), st.integers(0, 61))
def test_an_order_has_each_id_on_one_line(given_ids: set[int], newest_first: bool, at: int) -> None:
    order = RowOrder(newest_first=newest_first)
    order.reset(given_ids)
    lines = [order.row_at(line) for line in range(len(order))]
    assert lines == sorted(given_ids, reverse=newest_first)
    assert all(order.line_of(row_id) == line for line, row_id in enumerate(lines))
    assert order.line_of(at) == (lines.index(at) if at in given_ids else None)
    near = order.line_near(at)
    assert 0 <= near < max(1, len(lines))
    if lines:
        assert order.row_at(order.newest_line) == max(lines)
        # What stands where the missing one stood is its neighbour.
        assert lines[near] == min((i for i in lines if i >= at), default=max(lines))


def test_a_million_ids_take_eight_bytes_each() -> None:
    given_ids = array("q", range(1, 1_000_001))
    tracemalloc.start()
    ids = RowIds(given_ids)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(ids) == 1_000_000
    assert now < 9_000_000
    assert peak < 12_000_000
