"""The store's logs as the tables want them: ids by cursor, and rows for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui import formats
from store import deliveries, units
from store.filters import EVERYTHING, Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from meterbase_tui.widgets.rows import Row
    from store.reader import Reader
    from store.records import Delivery


class DeliverySource:
    """Deliveries that match a filter; some rows are still going to change."""

    def __init__(
        self,
        reader: Reader,
        filters: Filters = EVERYTHING,
        draw: Callable[[Delivery], Row] = formats.delivery_row,
    ) -> None:
        self._reader = reader
        self._filters = filters
        self._draw = draw
        self.unsettled: set[int] = set()
        """Rows that were read before their outcome was known: to be read again."""

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if row_id is None:
                newest = deliveries.older_ids(connection, None, self._filters, limit=limit)
                return newest[::-1]
            return deliveries.newer_ids(connection, row_id, self._filters, limit=limit)

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            return deliveries.older_ids(connection, row_id, self._filters, limit=limit)[::-1]

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            found = deliveries.get_deliveries(connection, row_ids)
        for row_id, delivery in found.items():
            if formats.is_settled(delivery):
                self.unsettled.discard(row_id)
            else:
                self.unsettled.add(row_id)
        return {row_id: self._draw(delivery) for row_id, delivery in found.items()}


class ChangeSource:
    """Changes of units; a row never changes once it is there."""

    def __init__(self, reader: Reader, filters: Filters = EVERYTHING) -> None:
        self._reader = reader
        self._filters = filters
        self.unsettled: set[int] = set()

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            if row_id is None:
                newest = units.older_change_ids(connection, None, self._filters, limit=limit)
                return newest[::-1]
            return units.newer_change_ids(connection, row_id, self._filters, limit=limit)

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            return units.older_change_ids(connection, row_id, self._filters, limit=limit)[::-1]

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        """See `RowSource`."""
        with self._reader.connect() as connection:
            found = units.get_changes(connection, row_ids)
        return {row_id: formats.change_row(change) for row_id, change in found.items()}
