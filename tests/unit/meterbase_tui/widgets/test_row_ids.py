from __future__ import annotations

import tracemalloc
from array import array

from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets import row_ids
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


@given(st.data())
def test_runs_and_single_ids_are_one_list(data: st.DataObject) -> None:
    """Whatever is a run without a gap and whatever is not, and however both change."""
    row_ids._SHORT = data.draw(st.sampled_from((2, 5, 64)))
    batches = st.one_of(
        IDS, st.builds(range, st.integers(1, 60), st.integers(1, 70)), st.just([61, 62, 63])
    )
    ids, model = RowIds(), set[int]()
    for _ in range(data.draw(st.integers(1, 12))):
        batch = data.draw(batches)
        match data.draw(st.sampled_from(("merge", "merge", "remove", "between", "drop"))):
            case "merge":
                ids.merge(batch)
                model |= set(batch)
            case "remove":
                ids.remove(batch)
                model -= set(batch)
            case "between" if batch:
                ids.remove_between(batch[0], batch[-1])
                model -= set(range(batch[0], batch[-1] + 1))
            case "drop" if batch:
                assert list(ids.drop_before(batch[0])) == sorted(i for i in model if i < batch[0])
                model = {i for i in model if i >= batch[0]}
        listed_model = sorted(model)
        assert listed(ids) == listed_model
        assert [ids.find(i) for i in listed_model] == list(range(len(model)))
        assert [ids.newer(i) for i in range(72)] == [sum(j > i for j in model) for i in range(72)]
        assert (ids.oldest, ids.newest) == (min(model, default=None), max(model, default=None))
    row_ids._SHORT = 64


def test_a_log_without_gaps_takes_nothing_and_grows_by_nothing() -> None:
    tracemalloc.start()
    ids = RowIds(range(999_000, 1_000_000))
    ids.merge(range(1, 999_000))
    for newest in range(1_000_000, 1_200_000, 100):
        ids.merge(range(newest, newest + 100))
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(ids) == 1_199_999
    assert now < 10_000
