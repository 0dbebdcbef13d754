"""The dashboard: four live panels under a status line, and one loop that follows the store."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Container

from meterbase_tui import screens
from meterbase_tui.collector import Pauses
from meterbase_tui.panels.pulse import PulsePanel
from meterbase_tui.panels.status import StatusLine
from meterbase_tui.privacy.discretion import DiscretionChanged
from meterbase_tui.queries.activity import MINUTES, Activity
from meterbase_tui.queries.narrowing import describe_filters
from meterbase_tui.screens.board_checking import BoardChecking
from meterbase_tui.screens.board_narrowing import BoardNarrowing
from meterbase_tui.screens.board_sending import BoardSending
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.table_messages import Selected
from store.errors import StoreError, StoreInterruptedError
from store.reading.activity import arrivals_after, recent_answer_times
from store.reading.totals import Totals, read_totals

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.activity import Pulse
    from store.reader import Connection

_LOOK_EVERY_S, _LOOK_EVERY_S_IN_BURST = 0.11, 0.25
"""In a burst the receiver needs the processor more than the eye the next picture."""
_LOOK_AT_LEAST_EVERY_S = 0.4
"""Where the receiver rings when something is committed; the states of tunnel and targets are seen
so."""
_LEAST_REST_S = 0.02
_COUNT_EVERY_S = 0.5
_RECOUNT_EVERY_S = 5.0
_MINUTE = timedelta(minutes=1)


class Dashboard(BoardChecking, BoardNarrowing, BoardSending):
    """Follows the store: one timer looks at its revision, and panels ask for what is new."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "focus_panel('deliveries')", "Events", id="panel.deliveries", show=False),
        Binding("2", "focus_panel('failures')", "Failures", id="panel.failures", show=False),
        Binding("3", "focus_panel('changes')", "Changes", id="panel.changes", show=False),
        Binding("4", "focus_panel('checks')", "Checks", id="panel.checks", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._counted = self._revision = -1
        self._count_at = 0.0
        self._totals: Totals | None = None
        self._activity = Activity()
        self._problem: str | None = None
        self._welcomed = False
        self._pauses = Pauses()
        self._logs = (self._deliveries, self._failures, self._changes)
        self._status = StatusLine()
        self._pulse = PulsePanel()

    def compose(self) -> ComposeResult:
        """The status line and the pulse, the panels, and the keys."""
        with Container(id="top"):
            yield self._status
            yield self._pulse
        with Container(id="panels"):
            yield from self._logs
            yield self._checks
        yield KeyBar("check", "records", "search")

    async def on_mount(self) -> None:
        """Shows what there is, then follows."""
        reading = self._desk.reading
        for panel in self._logs:
            # A store that cannot be read at this moment is no reason not to begin.
            with suppress(StoreError):
                await panel.open(panel.source(reading.reader), reading)
        self._deliveries.table.focus()
        self._changes.add_class("-front")
        self.set_interval(_RECOUNT_EVERY_S, self._recount)
        self._follow()
        self.begin_checking()

    # Following the store.

    @work(description="following the store")
    async def _follow(self) -> None:
        bell = self._bell = self._desk.hang_doorbell()
        while True:
            began = time.monotonic()
            if bell is not None:
                bell.arm()
            try:
                await self._look()
                self._problem = None
            except StoreInterruptedError:
                pass  # a search was given up while a panel read by the same connection
            except StoreError as error:
                self._problem = str(error)
            # No `await` from the panels' rows to here, so that all of it is drawn in one frame.
            if self._in_view:
                narrowed = describe_filters(self.filters)
                self._status.status = self._desk.describe(self._totals, self._problem, narrowed)
            self._tell_news()
            self._welcome()
            spent = time.monotonic() - began
            # Always some rest, however long a look takes: the screen is drawn meanwhile.
            every = _LOOK_EVERY_S_IN_BURST if self._desk.in_burst else _LOOK_EVERY_S
            await asyncio.sleep(max(_LEAST_REST_S, every - spent))
            if bell is not None:
                await bell.wait(_LOOK_AT_LEAST_EVERY_S)

    def _tell_news(self) -> None:
        news = self._desk.take_news()
        for words, severity in news:
            self._desk.tell(self.app, words, severity=severity)
        if news:
            # Where the secret comes from may be among them.
            self._deliveries.greet_anew()

    def on_screen_resume(self) -> None:
        """Looks at once when it is seen again."""
        self.look_soon()

    async def _look(self) -> None:
        """Counts anew and pulls what is new into the panels, if anything was committed."""
        reading = self._desk.reading
        revision = await reading.run(reading.reader.revision)
        self._pauses.note(busy=revision != self._revision)
        self._revision = revision
        due = time.monotonic() > self._count_at
        if due:
            # Other screens speak of the receiver too.
            await reading.run(self._desk.link.look)
            self._count_at = time.monotonic() + _COUNT_EVERY_S
        if not self._in_view:
            return
        pulse = None
        if due and revision != self._counted:
            pulse = await self._count()
            self._counted = revision
        await self._look_at_panels(revision)
        if pulse is not None:
            self._pulse.pulse = pulse

    @property
    def _in_view(self) -> bool:
        """Whether any of it can be seen: under dialogs the panels are still in view.

        For Textual the screen right below any other is current too, however opaque that is.
        """
        for screen in reversed(self.app.screen_stack):
            if screen is self or not screen.is_modal:
                return screen is self
        return False

    async def _look_at_panels(self, revision: int) -> None:
        # All shown in a row: what one turn of the loop shows is drawn in one go.
        with ExitStack() as shows:
            for panel in self._logs:
                if (show := await panel.look(revision)) is not None:
                    shows.callback(show)

    async def _count(self) -> Pulse:
        now = datetime.now(UTC)

        def count(connection: Connection) -> tuple[Totals, list[float]]:
            since = now - MINUTES * _MINUTE
            self._activity.add(*arrivals_after(connection, self._activity.looked, since))
            return read_totals(connection, now - _MINUTE), recent_answer_times(connection)

        self._totals, answer_times = await self._desk.reading.query(count)
        return self._activity.pulse(int(now.timestamp()) // 60, answer_times)

    def _recount(self) -> None:
        """The deliveries of the last minute grow old also when nothing happens."""
        self._counted = -1

    def _welcome(self) -> None:
        """Shows what to paste into Propexo's dashboard, once there is an address for it."""
        if self._desk.has_first_address and not self._welcomed and self.is_current:
            self._welcomed = True
            self.action_connect()

    @on(DiscretionChanged)
    def draw_anew(self) -> None:
        """Masks what the rows show, or shows it again."""
        for panel in self._logs:
            panel.redraw()
        self.look_soon()
        self._checks.show(self._checks.checks)

    # Opening what is under the cursor.

    @on(Selected, "#deliveries-table")
    def inspect_delivery(self, message: Selected) -> None:
        """Opens a delivery."""
        self.app.push_screen(screens.Inspector(self._desk, message.row_id))

    @on(Selected, "#failures-table")
    def inspect_failure(self, message: Selected) -> None:
        """Opens a delivery at what was wrong with its signature."""
        self.app.push_screen(screens.Inspector(self._desk, message.row_id, tab="signature"))

    @on(Selected, "#changes-table")
    @work(description="finding the event of a change")
    async def inspect_change(self, message: Selected) -> None:
        """Opens the delivery whose event made a change."""
        event_id = await self._event_of_change(message.row_id)
        if event_id is not None:
            self.app.push_screen(screens.Inspector(self._desk, event_id))

    def action_focus_panel(self, name: str) -> None:
        """Goes to a panel; on a narrow screen it comes to the front."""
        for panel in (*self._logs, self._checks):
            panel.set_class(panel.id == name, "-front")
        self.query_one(f"#{name}-table", LiveTable).focus()
