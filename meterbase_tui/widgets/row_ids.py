"""The ids of a table's rows: long runs without a gap as two numbers, others eight bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import chain, islice
from operator import lt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Run: TypeAlias = "range | array[int]"
_SHORT = 64
"""A run without a gap that is shorter than this is kept with its neighbours, id by id."""


def _ascending(row_ids: Iterable[int]) -> _Run:
    """Ids in order and each once; those that are so already, as most are, cost no set of them."""
    if isinstance(row_ids, range) and row_ids.step == 1:
        return row_ids
    given = array("q", row_ids)
    if not all(map(lt, given, islice(given, 1, None))):
        given = array("q", sorted(set(given)))
    if len(given) >= _SHORT and given[-1] - given[0] == len(given) - 1:
        return range(given[0], given[-1] + 1)
    return given


def _before(run: _Run, row_id: int) -> int:
    """How many ids of a run are below this one."""
    if isinstance(run, range):
        return min(max(0, row_id - run.start), len(run))
    return bisect_left(run, row_id)


def _joined(lower: _Run, upper: _Run) -> list[_Run]:
    """Two runs, of which the second is above the first, as one where that is worth while."""
    if isinstance(lower, range) and isinstance(upper, range) and lower.stop == upper.start:
        return [range(lower.start, upper.stop)]
    if any(isinstance(run, range) and len(run) >= _SHORT for run in (lower, upper)):
        return [lower, upper]
    joined = lower if isinstance(lower, array) else array("q", lower)
    joined.extend(upper)
    return [joined]


class RowIds:
    """Ids in ascending order, each once, found by bisection.

    A log is numbered without gaps but for what was deleted: a million of its ids are one run.
    """

    def __init__(self, row_ids: Iterable[int] = ()) -> None:
        self._runs: list[_Run] = []
        self._firsts: list[int] = []
        """The first id of each run."""
        self._starts: list[int] = []
        """How many ids are in the runs before each."""
        self._count = 0
        self.merge(row_ids)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> int:
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError(index)
        at = bisect_right(self._starts, index) - 1
        return self._runs[at][index - self._starts[at]]

    def __contains__(self, row_id: int) -> bool:
        return self.find(row_id) is not None

    @property
    def newest(self) -> int | None:
        """The highest id, if there is one."""
        return self._runs[-1][-1] if self._runs else None

    @property
    def oldest(self) -> int | None:
        """The lowest id, if there is one."""
        return self._runs[0][0] if self._runs else None

    def find(self, row_id: int) -> int | None:
        """Where an id stands, if it is there."""
        index = self._rank(row_id)
        return index if index < self._count and self[index] == row_id else None

    def nearest(self, row_id: int) -> int:
        """Where an id stands or would stand, within the ids that there are."""
        return min(self._rank(row_id), max(0, self._count - 1))

    def newer(self, row_id: int) -> int:
        """How many ids are above this one."""
        return self._count - self._rank(row_id + 1)

    def _rank(self, row_id: int) -> int:
        """How many ids are below this one."""
        at = bisect_right(self._firsts, row_id) - 1
        return 0 if at < 0 else self._starts[at] + _before(self._runs[at], row_id)

    def merge(self, row_ids: Iterable[int]) -> None:
        """Adds ids. Cheap above and below those that there are; in between, one by one."""
        added = _ascending(row_ids)
        if not added:
            return
        if not self._runs:
            self._replace(0, 0, [added])
            return
        below = _before(added, self._firsts[0])
        above = _before(added, self._runs[-1][-1] + 1)
        if above < len(added):
            self._replace(-1, None, _joined(self._runs[-1], added[above:]))
        if below:
            self._replace(0, 1, _joined(added[:below], self._runs[0]))
        for row_id in added[below:above]:
            if row_id not in self:
                self._insert(row_id)

    def _insert(self, row_id: int) -> None:
        at = bisect_right(self._firsts, row_id) - 1
        run = self._runs[at]
        index = _before(run, row_id)
        alone = array("q", [row_id])
        if isinstance(run, range):
            self._replace(at, at + 1, _joined(run, alone))
        else:
            self._replace(at, at + 1, [run[:index] + alone + run[index:]])

    def drop_before(self, row_id: int) -> Iterator[int]:
        """Removes the ids below this one, and returns them."""
        dropped = [run[: _before(run, row_id)] for run in self._runs]
        if self._runs:
            self.remove_between(self._firsts[0], row_id - 1)
        return chain.from_iterable(dropped)

    def remove(self, row_ids: Iterable[int]) -> None:
        """Removes ids, where they are there."""
        for row_id in set(row_ids):
            self.remove_between(row_id, row_id)

    def remove_between(self, first: int, last: int) -> None:
        """Removes the ids from `first` to `last`, both included."""
        low = max(0, bisect_right(self._firsts, first) - 1)
        high = bisect_right(self._firsts, last)
        if low >= high:
            return
        lower, upper = self._runs[low], self._runs[high - 1]
        left, right = lower[: _before(lower, first)], upper[_before(upper, last + 1) :]
        if len(left) + len(right) < sum(len(run) for run in self._runs[low:high]):
            self._replace(low, high, _joined(left, right) if left and right else [left or right])

    def _replace(self, low: int, high: int | None, runs: list[_Run]) -> None:
        """Puts runs in the place of others, and counts anew from there on."""
        low = low if low >= 0 else len(self._runs) + low
        self._runs[low:high] = [run for run in runs if run]
        del self._firsts[low:], self._starts[low:]
        count = self._starts[-1] + len(self._runs[low - 1]) if low else 0
        for run in self._runs[low:]:
            self._firsts.append(run[0])
            self._starts.append(count)
            count += len(run)
        self._count = count


class RowOrder:
    """Ids as the lines of a table: which one stands where, newest first or last."""

    def __init__(self, *, newest_first: bool) -> None:
        self.ids = RowIds()
        self._newest_first = newest_first

    def __len__(self) -> int:
        return len(self.ids)

    def reset(self, row_ids: Iterable[int]) -> None:
        """Replaces all ids."""
        self.ids = RowIds(row_ids)

    def _turn(self, index: int) -> int:
        return len(self.ids) - 1 - index if self._newest_first else index

    @property
    def newest_line(self) -> int:
        """The line of the newest row, 0 if there is none."""
        return max(0, self._turn(len(self.ids) - 1))

    def row_at(self, line: int) -> int:
        """The id on a line."""
        return self.ids[self._turn(line)]

    def line_of(self, row_id: int) -> int | None:
        """The line of an id, if it is there."""
        index = self.ids.find(row_id)
        return None if index is None else self._turn(index)

    def line_near(self, row_id: int) -> int:
        """The line where an id stands or would stand, within the lines that there are."""
        return max(0, self._turn(self.ids.nearest(row_id)))
