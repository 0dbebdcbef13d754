"""The store's logs as the tables want them: ids by cursor, and rows for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.privacy.discreet import mask_change
from meterbase_tui.privacy.discretion import Discretion
from meterbase_tui.wording.change_rows import change_row
from meterbase_tui.wording.delivery_rows import delivery_row, is_settled
from store.reading import deliveries, events, units
from store.reading.filters import EVERYTHING, Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from meterbase_tui.widgets.rows import Row
    from store.reader import Connection, Reader
    from store.records import Delivery


def _above(span: range, row_id: int | None, limit: int) -> range:
    """Of a log without a filter, as `RowSource.newer_than`: numbers, of which none is read."""
    return (
        span[-limit:] if row_id is None else range(max(span.start, row_id + 1), span.stop)[:limit]
    )


def _below(span: range, row_id: int) -> range:
    """Of a log without a filter, as `RowSource.older_than`: all of them at once."""
    return range(span.start, min(row_id, span.stop))


class DeliverySource:
    """Deliveries that match a filter; some rows are still going to change.

    Without a filter its ids are the numbers from the oldest to the newest, however many they are:
    none is read for it. Those that were deleted in between are found out when they come into view.

    With a filter, what was looked through once is not looked through again: few rows may match,
    and the log is long.
    """

    def __init__(
        self,
        reader: Reader,
        filters: Filters = EVERYTHING,
        draw: Callable[[Delivery, int], Row] = delivery_row,
        discretion: Discretion | None = None,
    ) -> None:
        self._reader = reader
        self._discretion = discretion or Discretion()
        self._filters = filters
        self._draw = draw
        self._looked = self._found = 0
        self._finish: int | None = None
        self._outdated: set[int] = set()
        """Rows that were read before their outcome was known, or have been repeated since."""

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if self._filters == EVERYTHING:
                return _above(deliveries.span(connection), row_id, limit)
            # Before the ids, so that nothing falls between the two.
            looked = self._final_until(connection)
            if row_id is None and not self._looked:
                found = deliveries.older_ids(connection, None, self._filters, limit=limit)[::-1]
            else:
                # What was found last may not have reached the table: then it is found again.
                arrived = (row_id or 0) >= self._found
                after = max(row_id or 0, self._looked) if arrived else row_id or 0
                found = deliveries.newer_ids(connection, after, self._filters, limit=limit)
                looked = looked if len(found) < limit else found[-1]
            self._looked, self._found = looked, found[-1] if found else 0
            return found

    def _final_until(self, connection: Connection) -> int:
        newest = deliveries.newest_id(connection)
        # A delivery whose event waits may come to match a state.
        return min(newest, deliveries.settled_until(connection)) if self._filters.state else newest

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if self._filters == EVERYTHING:
                return _below(deliveries.span(connection), row_id)
            return deliveries.older_ids(connection, row_id, self._filters, limit=limit)[::-1]

    def find_gaps(self, row_ids: Sequence[int]) -> Sequence[range]:
        """See `RowSource`."""
        if self._filters != EVERYTHING:
            return ()
        with self._reader.connect() as connection:
            return deliveries.gaps_around(connection, row_ids)

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """See `RowSource`. A row whose state no longer matches is left out."""
        with self._reader.connect() as connection:
            found = deliveries.get_deliveries(connection, row_ids)
            repeats = deliveries.count_repeats(connection, row_ids)
            self._discretion.learn(connection)
        self._note(found.values())
        wanted = self._filters.state
        return {
            row_id: self._draw(self._discretion.show(delivery), repeats.get(row_id, 0))
            for row_id, delivery in found.items()
            if wanted is None or delivery.state == wanted
        }

    def _note(self, found: Iterable[Delivery]) -> None:
        for delivery in found:
            if not is_settled(delivery):
                self._outdated.add(delivery.id)
            if delivery.duplicate and delivery.event_id is not None:
                # The row of the first one counts its repetitions.
                self._outdated.add(delivery.event_id)

    def find_outdated(self) -> Sequence[int]:
        """See `RowSource`: also an event that was processed again, long after."""
        with self._reader.connect() as connection:
            if self._finish is None:
                self._finish, finished = events.last_finish(connection), list[int]()
            else:
                self._finish, finished = events.finished_ids_after(connection, self._finish)
        outdated, self._outdated = self._outdated, set()
        return [*outdated, *finished]


class ChangeSource:
    """Changes of units; a row never changes once it is there."""

    def __init__(
        self, reader: Reader, discretion: Discretion, filters: Filters = EVERYTHING
    ) -> None:
        self._reader = reader
        self._discretion = discretion
        self._filters = filters

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if self._filters == EVERYTHING:
                return _above(units.change_span(connection), row_id, limit)
            if row_id is None:
                newest = units.older_change_ids(connection, None, self._filters, limit=limit)
                return newest[::-1]
            return units.newer_change_ids(connection, row_id, self._filters, limit=limit)

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if self._filters == EVERYTHING:
                return _below(units.change_span(connection), row_id)
            return units.older_change_ids(connection, row_id, self._filters, limit=limit)[::-1]

    def find_gaps(self, row_ids: Sequence[int]) -> Sequence[range]:
        """See `RowSource`."""
        if self._filters != EVERYTHING:
            return ()
        with self._reader.connect() as connection:
            return units.change_gaps_around(connection, row_ids)

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            found = units.get_changes(connection, row_ids)
            self._discretion.learn(connection)
        if self._discretion.masked:
            people = self._discretion.people
            found = {row_id: mask_change(change, people) for row_id, change in found.items()}
        return {row_id: change_row(change) for row_id, change in found.items()}

    def find_outdated(self) -> Sequence[int]:
        """See `RowSource`: there are none."""
        return ()
