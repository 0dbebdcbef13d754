"""The three logs of the dashboard: what each shows, and what it says when it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from meterbase_tui.panels.log import LogPanel
from meterbase_tui.queries.sources import ChangeSource, DeliverySource
from meterbase_tui.text import visible
from meterbase_tui.widgets.empty import Empty, Hint
from meterbase_tui.wording.change_rows import CHANGE_COLUMNS
from meterbase_tui.wording.delivery_rows import DELIVERY_COLUMNS, FAILURE_COLUMNS, failure_row
from store.reading import deliveries
from store.reading.filters import EVERYTHING, Filters

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.reading import Reading
    from meterbase_tui.widgets.rows import RowSource
    from meterbase_tui.wording.welcome import Welcome
    from store.reader import Reader

_NO_DELIVERIES = "No webhook has arrived yet"
_FIRST_STEPS = (
    Hint("samples.pick", "send a sample to this receiver"),
    Hint("receiver.connect", "connect Propexo: the address, and what to click"),
    Hint("app.help", "all keys"),
)


class DeliveriesPanel(LogPanel):
    """Every request that arrived, newest on top; until then a welcome, where it is received."""

    # Here, not on the screen, where the same key clears a filter.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "put_welcome_away", "Put it away", id="welcome.close", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        welcome = desk.describe_welcome()
        super().__init__(
            desk,
            "Incoming events",
            DELIVERY_COLUMNS,
            Empty(_NO_DELIVERIES, _FIRST_STEPS) if welcome is None else _greet(welcome),
            id="deliveries",
            markable=True,
        )
        self._greeting = welcome is not None

    def greet_anew(self) -> None:
        """Says it again, after something in it may have changed."""
        welcome = self._desk.describe_welcome()
        if self._greeting and welcome is not None:
            self._say(_greet(welcome))

    def action_put_welcome_away(self) -> None:
        """Leaves only what the keys do."""
        self._greeting = False
        self._say(Empty(_NO_DELIVERIES, _FIRST_STEPS))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The welcome can be put away while it is there."""
        if action == "put_welcome_away":
            empty = self.table.newest_id is None and not self.narrowed
            return self._greeting and empty
        return super().check_action(action, parameters)

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> RowSource:
        """All deliveries, or those that match."""
        return DeliverySource(reader, filters, discretion=self._desk.discretion)


def _greet(welcome: Welcome) -> Empty:
    own = welcome.own_secret
    return Empty(
        f"{welcome.running}. {_NO_DELIVERIES}",
        (
            *_FIRST_STEPS[:-1],
            Hint("secret", welcome.secret),
            *((Hint("yours", own),) if own else ()),
            Hint("welcome.close", "put this away"),
            _FIRST_STEPS[-1],
        ),
    )


class FailuresPanel(LogPanel):
    """Requests without a signature that fits, and why."""

    def __init__(self, desk: Desk) -> None:
        hints = (Hint("samples.wrong", "send one that is wrong"),)
        empty = Empty("No signature has failed", hints)
        super().__init__(desk, "Signature failures", FAILURE_COLUMNS, empty, id="failures")

    def source(self, reader: Reader) -> RowSource:
        """Deliveries whose signature was missing or wrong."""
        return DeliverySource(reader, Filters(unsigned=True), failure_row, self._desk.discretion)

    async def summarise(self, reading: Reading) -> str:
        """The most frequent causes, with their numbers."""
        causes = await reading.query(deliveries.count_diagnoses)
        return " · ".join(f"{visible(code, 40).replace('_', ' ')} {n:,}" for code, n in causes)


class ChangesPanel(LogPanel):
    """What events did to units."""

    def __init__(self, desk: Desk) -> None:
        hints = (Hint("samples.pick", "send an update of a unit"),)
        empty = Empty("No unit has changed yet", hints)
        super().__init__(desk, "Unit changes", CHANGE_COLUMNS, empty, id="changes")

    def source(self, reader: Reader, filters: Filters = EVERYTHING) -> RowSource:
        """All changes, or those of a connection, a property or a unit."""
        return ChangeSource(reader, self._desk.discretion, filters)
