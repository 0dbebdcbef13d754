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
    from meterbase_tui.discretion import Discretion
    from store.reader import Connection, Reader

_NO_DELIVERIES = "No webhook has arrived yet"
_FIRST_STEPS = (
    Hint("s", "send a sample to this receiver"),
    Hint("w", "connect Propexo: the address, and what to click"),
    Hint("?", "all keys"),
)
_NO_FAILURES = Empty("No signature has failed", (Hint("x", "send one that is wrong"),))
_NO_CHANGES = Empty("No unit has changed yet", (Hint("s", "send an update of a unit"),))


class DeliveriesPanel(LogPanel):
    """Every request that arrived, newest on top."""

    def __init__(self, *, receiving: bool) -> None:
        title = f"The receiver is running. {_NO_DELIVERIES}" if receiving else _NO_DELIVERIES
        super().__init__(
            "Incoming events",
            formats.DELIVERY_COLUMNS,
            Empty(title, _FIRST_STEPS),
            id="deliveries",
            markable=True,
        )

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> LogSource:
        """All deliveries, or those that match."""
        return DeliverySource(reader, filters)


class FailuresPanel(LogPanel):
    """Requests without a signature that fits, and why."""

    def __init__(self) -> None:
        super().__init__("Signature failures", formats.FAILURE_COLUMNS, _NO_FAILURES, id="failures")

    def source(self, reader: Reader) -> LogSource:
        """Deliveries whose signature was missing or wrong."""
        return DeliverySource(reader, Filters(unsigned=True), formats.failure_row)

    def summarise(self, connection: Connection) -> str:
        """The most frequent causes, with their numbers."""
        causes = deliveries.count_diagnoses(connection)
        return " · ".join(f"{visible(code, 40).replace('_', ' ')} {n:,}" for code, n in causes)


class ChangesPanel(LogPanel):
    """What events did to units."""

    def __init__(self, discretion: Discretion) -> None:
        super().__init__("Unit changes", formats.CHANGE_COLUMNS, _NO_CHANGES, id="changes")
        self._discretion = discretion

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> LogSource:
        """All changes, or those of a connection, a property or a unit."""
        return ChangeSource(reader, self._discretion, filters)
