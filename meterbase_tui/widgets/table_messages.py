"""What a table tells its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from meterbase_tui.widgets.row_window import RowWindow


class TableMessage(Message):
    """A message of a table."""

    def __init__(self, table: RowWindow) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> RowWindow:
        """The table, for the selector of `textual.on`."""
        return self.table


class RowsWanted(TableMessage, namespace="live_table"):
    """Rows in or near the window have to be fetched.

    Each id is answered once, by `put_rows`, `remove_rows` or `release`, in the order asked.
    """

    def __init__(self, table: RowWindow, row_ids: tuple[int, ...]) -> None:
        super().__init__(table)
        self.row_ids = row_ids


class FollowChanged(TableMessage, namespace="live_table"):
    """The table follows, or is paused and so many new rows wait."""

    def __init__(self, table: RowWindow, *, following: bool, waiting: int) -> None:
        super().__init__(table)
        self.following = following
        self.waiting = waiting

    def can_replace(self, message: Message) -> bool:
        """Only the last of several of one table counts."""
        return isinstance(message, FollowChanged) and message.table is self.table


class Highlighted(TableMessage, namespace="live_table"):
    """The cursor is on another row, or on none."""

    def __init__(self, table: RowWindow, row_id: int | None) -> None:
        super().__init__(table)
        self.row_id = row_id

    def can_replace(self, message: Message) -> bool:
        """Only the last of several of one table counts."""
        return isinstance(message, Highlighted) and message.table is self.table


class Selected(TableMessage, namespace="live_table"):
    """The row of the cursor is to be opened."""

    def __init__(self, table: RowWindow, row_id: int) -> None:
        super().__init__(table)
        self.row_id = row_id


class MarksChanged(TableMessage, namespace="live_table"):
    """Other rows are marked, in the order in which they were."""

    def __init__(self, table: RowWindow, row_ids: tuple[int, ...]) -> None:
        super().__init__(table)
        self.row_ids = row_ids
