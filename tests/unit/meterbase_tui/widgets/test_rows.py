from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from meterbase_tui.widgets.rows import Cell, Row, RowCache


def row(text: str) -> Row:
    return Row((Cell(text),))


def test_a_row_is_asked_for_once() -> None:
    cache = RowCache(10)
    assert cache.take_wanted([1, 2, 3]) == (1, 2, 3)
    assert cache.take_wanted([2, 3, 4]) == (4,)
    cache.put({2: row("two")})
    assert cache.get(2) == row("two")
    assert cache.take_wanted([1, 2, 3, 4]) == ()


def test_an_outdated_row_stays_until_the_new_one_comes() -> None:
    cache = RowCache(10)
    cache.put({1: row("pending")})
    cache.invalidate([1, 99])
    assert cache.get(1) == row("pending")
    assert cache.take_wanted([1]) == (1,)
    cache.put({1: row("processed")})
    assert cache.take_wanted([1]) == ()


def test_a_row_that_changes_while_it_is_fetched_is_asked_for_again() -> None:
    cache = RowCache(10)
    assert cache.take_wanted([1]) == (1,)
    cache.invalidate([1])
    assert cache.take_wanted([1]) == ()
    cache.put({1: row("maybe older than the change")})
    assert cache.take_wanted([1]) == (1,)


def test_what_came_to_nothing_is_asked_for_again() -> None:
    cache = RowCache(10)
    cache.put({1: row("old")})
    cache.invalidate([1])
    assert cache.take_wanted([1, 2]) == (1, 2)
    cache.release([1, 2, 3])
    assert cache.take_wanted([1, 2, 3]) == (1, 2, 3)


def test_rows_that_are_no_more_are_forgotten() -> None:
    cache = RowCache(10)
    cache.put({1: row("one")})
    cache.take_wanted([2])
    cache.forget([1, 2])
    assert cache.get(1) is None
    assert cache.take_wanted([1, 2]) == (1, 2)


def test_the_row_not_used_for_longest_makes_room() -> None:
    cache = RowCache(2)
    cache.put({1: row("one"), 2: row("two")})
    cache.get(1)
    cache.put({3: row("three")})
    assert [i for i in (1, 2, 3) if cache.get(i)] == [1, 3]


def test_a_row_that_gave_way_while_it_was_fetched_is_still_out_of_date() -> None:
    cache = RowCache(1)
    cache.put({1: row("old")})
    cache.invalidate([1])
    assert cache.take_wanted([1]) == (1,)
    cache.invalidate([1])
    cache.put({2: row("two")})
    cache.put({1: row("not the newest")})
    assert cache.take_wanted([1]) == (1,)


class FreshRows(RuleBasedStateMachine):
    """A source that changes, a fetch that is slow: in the end the latest version is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = RowCache(4)
        self.version = dict.fromkeys(range(6), 0)
        self.in_flight: list[dict[int, Row]] = []

    @rule(row_id=st.integers(0, 5))
    def change(self, row_id: int) -> None:
        self.version[row_id] += 1
        self.cache.invalidate([row_id])

    @rule(row_ids=st.lists(st.integers(0, 5)))
    def ask(self, row_ids: list[int]) -> None:
        wanted = self.cache.take_wanted(dict.fromkeys(row_ids))
        self.in_flight.append({i: row(str(self.version[i])) for i in wanted})

    @rule()
    def answer(self) -> None:
        if self.in_flight:
            self.cache.put(self.in_flight.pop(0))

    @rule()
    def fail(self) -> None:
        if self.in_flight:
            self.cache.release(self.in_flight.pop(0))

    @invariant()
    def bounded(self) -> None:
        assert len(self.cache) <= 4

    def teardown(self) -> None:
        for row_id in self.version:
            for _ in range(3):
                while self.in_flight:
                    self.answer()
                self.ask([row_id])
            assert self.cache.get(row_id) == row(str(self.version[row_id]))


TestFreshRows = FreshRows.TestCase
TestFreshRows.settings = settings(max_examples=60, stateful_step_count=30)
