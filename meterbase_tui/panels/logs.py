"""The three logs of the dashboard: what each shows, and what it says when it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui import formats
from meterbase_tui.panels.log import LogPanel, LogSource
from meterbase_tui.sources import ChangeSource, DeliverySource
from meterbase_tui.text import visible
from meterbase_tui.widgets.empty import Empty, Hint
from store import deliveries
from store.filters import EVERYTHING, Filters

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from store.reader import Connection, Reader

_NO_DELIVERIES = "No webhook has arrived yet"


class DeliveriesPanel(LogPanel):
    """Every request that arrived, newest on top."""

    def __init__(self, desk: Desk) -> None:
        receiving = desk.link.runtime is not None
        title = f"The receiver is running. {_NO_DELIVERIES}" if receiving else _NO_DELIVERIES
        first_steps = (
            Hint("samples.pick", "send a sample to this receiver"),
            Hint("receiver.connect", "connect Propexo: the address, and what to click"),
            Hint("app.help", "all keys"),
        )
        super().__init__(
            desk,
            "Incoming events",
            formats.DELIVERY_COLUMNS,
            Empty(title, first_steps),
            id="deliveries",
            markable=True,
        )

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> LogSource:
        """All deliveries, or those that match."""
        return DeliverySource(reader, filters, discretion=self._desk.discretion)


class FailuresPanel(LogPanel):
    """Requests without a signature that fits, and why."""

    def __init__(self, desk: Desk) -> None:
        hints = (Hint("samples.wrong", "send one that is wrong"),)
        empty = Empty("No signature has failed", hints)
        super().__init__(desk, "Signature failures", formats.FAILURE_COLUMNS, empty, id="failures")

    def source(self, reader: Reader) -> LogSource:
        """Deliveries whose signature was missing or wrong."""
        return DeliverySource(
            reader, Filters(unsigned=True), formats.failure_row, self._desk.discretion
        )

    def summarise(self, connection: Connection) -> str:
        """The most frequent causes, with their numbers."""
        causes = deliveries.count_diagnoses(connection)
        return " · ".join(f"{visible(code, 40).replace('_', ' ')} {n:,}" for code, n in causes)


class ChangesPanel(LogPanel):
    """What events did to units."""

    def __init__(self, desk: Desk) -> None:
        hints = (Hint("samples.pick", "send an update of a unit"),)
        empty = Empty("No unit has changed yet", hints)
        super().__init__(desk, "Unit changes", formats.CHANGE_COLUMNS, empty, id="changes")

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> LogSource:
        """All changes, or those of a connection, a property or a unit."""
        return ChangeSource(reader, self._desk.discretion, filters)
