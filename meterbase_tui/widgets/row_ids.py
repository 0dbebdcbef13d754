"""The ids of a table's rows: eight bytes each, found by bisection."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def _ascending(row_ids: Iterable[int]) -> array[int]:
    """Ids in order and each once; those that are so already, as most are, cost no set of them."""
    given = array("q", row_ids)
    return given if all(map(lt, given, islice(given, 1, None))) else array("q", sorted(set(given)))


class RowIds:
    """Ids in ascending order, each once. A million of them take 8 MB."""

    def __init__(self, row_ids: Iterable[int] = ()) -> None:
        self._ids = _ascending(row_ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> int:
        return self._ids[index]

    def __contains__(self, row_id: int) -> bool:
        return self.find(row_id) is not None

    @property
    def newest(self) -> int | None:
        """The highest id, if there is one."""
        return self._ids[-1] if self._ids else None

    @property
    def oldest(self) -> int | None:
        """The lowest id, if there is one."""
        return self._ids[0] if self._ids else None

    def find(self, row_id: int) -> int | None:
        """Where an id stands, if it is there."""
        index = bisect_left(self._ids, row_id)
        return index if index < len(self._ids) and self._ids[index] == row_id else None

    def nearest(self, row_id: int) -> int:
        """Where an id stands or would stand, within the ids that there are."""
        return min(bisect_left(self._ids, row_id), max(0, len(self._ids) - 1))

    def newer(self, row_id: int) -> int:
        """How many ids are above this one."""
        return len(self._ids) - bisect_right(self._ids, row_id)

    def merge(self, row_ids: Iterable[int]) -> None:
        """Adds ids. Cheap above and below those that there are; in between, one by one."""
        added = _ascending(row_ids)
        if not added:
            return
        if not self._ids:
            self._ids = added
            return
        below = bisect_left(added, self._ids[0])
        above = bisect_right(added, self._ids[-1])
        between = added[below:above]
        if below:
            self._ids = added[:below] + self._ids
        self._ids += added[above:]
        for row_id in between:
            if row_id not in self:
                self._ids.insert(bisect_left(self._ids, row_id), row_id)

    def drop_before(self, row_id: int) -> array[int]:
        """Removes the ids below this one, and returns them."""
        index = bisect_left(self._ids, row_id)
        dropped = self._ids[:index]
        del self._ids[:index]
        return dropped

    def remove(self, row_ids: Iterable[int]) -> None:
        """Removes ids, where they are there."""
        for row_id in set(row_ids):
            index = self.find(row_id)
            if index is not None:
                del self._ids[index]


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
