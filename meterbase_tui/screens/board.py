"""What the parts of the dashboard share: the desk, the panels, and the row under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.panels.checks import ChecksPanel
from meterbase_tui.panels.logs import ChangesPanel, DeliveriesPanel, FailuresPanel
from meterbase_tui.screens.frame import Frame
from meterbase_tui.widgets.live_table import LiveTable
from store.reading import units

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from meterbase_tui.doorbell import Doorbell


class Board(Frame):
    """Panels and a desk. The keys that work on them are in the classes derived from it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._deliveries = DeliveriesPanel(desk)
        self._failures = FailuresPanel(desk)
        self._changes = ChangesPanel(desk)
        self._checks = ChecksPanel(desk.discretion)
        self._bell: Doorbell | None = None

    def look_soon(self) -> None:
        """Has the status say at once what the user has changed, as if something were committed."""
        if self._bell is not None:
            self._bell.ring()

    @property
    def _table(self) -> LiveTable:
        """The table of rows that has the focus, or else that of the events."""
        table = self.focused
        if isinstance(table, LiveTable) and table is not self._checks.table:
            return table
        return self._deliveries.table

    async def _chosen_delivery(self) -> int | None:
        """The delivery under the cursor, or the newest; of a change, the one that made it.

        None when there is none, and when the row is out of view: then it is brought back instead,
        since nothing is done to what cannot be seen.
        """
        table = self._table
        row_id = table.cursor_id
        if row_id is not None and not table.is_row_in_view(row_id):
            table.select_row(row_id)
            self._desk.tell(self.app, "Here is the selected row. Press the key again.")
            return None
        if row_id is None:
            row_id = table.newest_id
        if row_id is not None and table is self._changes.table:
            row_id = await self._event_of_change(row_id)
        if row_id is None:
            self._desk.tell(self.app, "There is no delivery here.")
        return row_id

    async def _event_of_change(self, change_id: int) -> int | None:
        found = await self._desk.reading.query(
            lambda connection: units.get_changes(connection, [change_id])
        )
        return found[change_id].event_id if change_id in found else None
