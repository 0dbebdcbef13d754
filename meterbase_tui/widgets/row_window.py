"""A window on rows that keep coming: which there are, which are in view, which are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from textual.reactive import var

from meterbase_tui.widgets import table_messages as messages
from meterbase_tui.widgets.row_ids import RowOrder
from meterbase_tui.widgets.rows import RowCache
from meterbase_tui.widgets.scroller import Scroller

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from meterbase_tui.widgets.rows import Row

OVERSCAN = 16
"""Rows asked for beyond each end of the window, so that a step or two meets no gap."""

_CACHED_ROWS = 2000


class RowWindow(Scroller):
    """Rows by id, of which the window shows some; `LiveTable` says how it behaves."""

    following: var[bool] = var(default=True, init=False)
    """Whether new rows come into view; `FollowChanged` tells of it."""
    waiting: var[int] = var(0, init=False)
    """New rows beyond the window while it is paused; `FollowChanged` tells of it."""

    RowsWanted: TypeAlias = messages.RowsWanted
    FollowChanged: TypeAlias = messages.FollowChanged

    def __init__(
        self,
        *,
        newest_first: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._newest_first = newest_first
        self._order = RowOrder(newest_first=newest_first)
        self._cache = RowCache(_CACHED_ROWS)
        self._seen = 0
        self._told = (True, 0)
        self._known = False

    # Which rows there are.

    def reset(self, row_ids: Iterable[int]) -> None:
        """Replaces all ids, as when the filter changes; the table goes to its newest end."""
        self._order.reset(row_ids)
        self._seen = self._order.ids.newest or 0
        self.following = True
        self._changed(None)

    def add_ids(self, row_ids: Iterable[int]) -> None:
        """Adds rows, as a rule newer than all; in any order, and again, does no harm."""
        held = self._held
        self._order.ids.merge(row_ids)
        self._changed(held)

    def prepend_older(self, row_ids: Iterable[int]) -> None:
        """Adds rows that are older than all, and keeps the window where it is."""
        self.add_ids(row_ids)

    def drop_before(self, row_id: int) -> None:
        """Removes the rows older than this one: the store no longer has them."""
        held = self._held
        self._cache.forget(self._order.ids.drop_before(row_id))
        self._changed(held)

    def remove_rows(self, row_ids: Iterable[int], gaps: Iterable[range] = ()) -> None:
        """Removes rows that are no more, or no longer match, and all ids in gaps around them."""
        held, gone = self._held, set(row_ids)
        for gap in gaps:
            self._order.ids.remove_between(gap[0], gap[-1])
        self._order.ids.remove(gone)
        self._cache.forget(gone)
        self._changed(held)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._order)

    @property
    def newest_id(self) -> int | None:
        """The newest row; what is newer has not come yet."""
        return self._order.ids.newest

    @property
    def oldest_id(self) -> int | None:
        """The oldest row that was given; older ones may be in the store."""
        return self._order.ids.oldest

    # What they hold.

    def put_rows(self, rows: Mapping[int, Row]) -> None:
        """Takes rows that were asked for, or that have changed."""
        self._cache.put(rows)
        self._settle()
        self.refresh()

    def invalidate(self, row_ids: Iterable[int]) -> None:
        """Asks again for rows that have changed, once they are in view; they stay until then."""
        self._cache.invalidate(row_ids)
        self._settle()

    def invalidate_all(self) -> None:
        """Asks again for every row: they are to be drawn in another way."""
        self._cache.invalidate_all()
        self._settle()

    @property
    def rows_ahead(self) -> int:
        """How many of the rows about to be added will come into view, or close to it."""
        return self.body_height + OVERSCAN if self.following else 0

    @property
    def ids_near_view(self) -> Sequence[int]:
        """The rows in the window or a few lines beyond it, newest first."""
        ids = [self._order.row_at(line) for line in self._lines_wanted]
        return ids if self._newest_first else ids[::-1]

    def release(self, row_ids: Iterable[int]) -> None:
        """Says that nothing came of asking for these rows; they are asked for again in view."""
        self._cache.release(row_ids)

    def near_view(self, row_id: int) -> bool:
        """Whether a row is in the window or a few lines beyond it: whether to fetch it at all."""
        line = self._order.line_of(row_id)
        return line is not None and line in self._lines_wanted

    def is_row_in_view(self, row_id: int) -> bool:
        """Whether a row is in the window."""
        line = self._order.line_of(row_id)
        return line is not None and line in self._lines_in_view

    # The window.

    def follow(self) -> None:
        """Goes to the newest end and follows; the cursor stays where it is."""
        self.following = True
        self.show_from(self._newest_end)
        self._settle()

    @property
    def line_count(self) -> int:
        """How many rows there are."""
        return len(self._order)

    @property
    def _newest_end(self) -> int:
        return 0 if self._newest_first else self.last_first_line

    @property
    def _held(self) -> int | None:
        """The row at the top of the window, which a change leaves there."""
        return self._order.row_at(self.first_line) if self.first_line < len(self._order) else None

    @property
    def _lines_in_view(self) -> range:
        return range(self.first_line, min(self.line_count, self.first_line + self.body_height))

    @property
    def _lines_wanted(self) -> range:
        view = self._lines_in_view
        if not view:
            return view
        return range(max(0, view.start - OVERSCAN), min(self.line_count, view.stop + OVERSCAN))

    def show_from(self, line: int) -> bool:
        """Puts a line at the top of the window, as far as the ends allow; whether it moved."""
        moved = super().show_from(line)
        if moved:
            self._settle()
        return moved

    def scrolled(self) -> None:
        """Follows at the newest end, and pauses away from it."""
        self.following = self.first_line == self._newest_end
        self._settle()

    def on_resize(self) -> None:
        """Keeps to the newest end while following, and within the ends otherwise."""
        self.show_from(self._newest_end if self.following else self.first_line)
        self._settle()

    def _changed(self, held: int | None) -> None:
        """Puts the window where it belongs after ids came or went."""
        self._known = True
        if self.following:
            line = self._newest_end
        else:
            line = self.first_line if held is None else self._order.line_near(held)
        self.first_line = min(line, self.last_first_line)
        self._settle()
        self.refresh()

    def _settle(self) -> None:
        """Counts what waits, asks for what is missing, and tells of both."""
        view = self._lines_in_view
        if view:
            edge = view.start if self._newest_first else view[-1]
            self._seen = max(self._seen, self._order.row_at(edge))
        self.waiting = 0 if self.following else self._order.ids.newer(self._seen)
        if self._told != (self.following, self.waiting):
            self._told = (self.following, self.waiting)
            following, waiting = self._told
            self.post_message(self.FollowChanged(self, following=following, waiting=waiting))
        wanted = self._cache.take_wanted(map(self._order.row_at, self._lines_wanted))
        if wanted:
            self.post_message(self.RowsWanted(self, wanted))
