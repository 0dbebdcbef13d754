"""The dashboard: four live panels under a status line."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer

from meterbase_tui.panels.checks import ChecksPanel
from meterbase_tui.panels.logs import ChangesPanel, DeliveriesPanel, FailuresPanel
from meterbase_tui.panels.status import StatusLine
from meterbase_tui.screens.check_card import CheckCard
from meterbase_tui.screens.inspector import Inspector
from meterbase_tui.screens.propexo_setup import PropexoSetup
from meterbase_tui.screens.samples import SamplePicker
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.table_messages import Selected
from receiver.checks import ActionKind
from store import units
from store.errors import StoreError
from store.totals import Totals, read_totals

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from receiver.checks import Action

_LOOK_EVERY_S = 0.1
_COUNT_EVERY_S = 0.5
_RECOUNT_EVERY_S = 5.0
_CHECK_EVERY_S = 5.0
_MINUTE = timedelta(minutes=1)


class Dashboard(Screen[None]):
    """Follows the store: one timer looks at its revision, and panels ask for what is new."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (110, "-wide"),
        (140, "-roomy"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "samples", "Samples", tooltip="Send a sample", id="samples.pick"),
        Binding("r", "replay", "Replay", tooltip="Send the delivery again", id="delivery.replay"),
        Binding("x", "send_wrong", "Wrong signature", id="samples.wrong", show=False),
        Binding("u", "copy_url", "Copy address", id="receiver.copy_url"),
        Binding("V", "reverify", "Verify again", id="failures.reverify", show=False),
        Binding("F", "requeue", "Forward again", id="forwards.requeue", show=False),
        Binding("w", "connect", "Connect Propexo", id="receiver.connect", show=False),
        Binding("c", "check", "Check", tooltip="Look closely at the set-up", id="checks.run"),
        Binding("1", "focus_panel('deliveries')", "Events", id="panel.deliveries", show=False),
        Binding("2", "focus_panel('failures')", "Failures", id="panel.failures", show=False),
        Binding("3", "focus_panel('changes')", "Changes", id="panel.changes", show=False),
        Binding("4", "focus_panel('checks')", "Checks", id="panel.checks", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._counted = -1
        self._count_at = 0.0
        self._totals: Totals | None = None
        self._problem: str | None = None
        self._welcomed = False
        self._logs: tuple[DeliveriesPanel | FailuresPanel | ChangesPanel, ...] = (
            DeliveriesPanel(),
            FailuresPanel(),
            ChangesPanel(),
        )
        self._checks = ChecksPanel()
        self._status = StatusLine()

    def compose(self) -> ComposeResult:
        """The status line, the panels, and the keys."""
        yield self._status
        with Container(id="panels"):
            yield from self._logs
            yield self._checks
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        """Shows what there is, then follows."""
        reading = self._desk.reading
        for panel in self._logs:
            # A store that cannot be read at this moment is no reason not to begin.
            with suppress(StoreError):
                await panel.open(panel.source(reading.reader), reading)
        self._logs[0].table.focus()
        self.query_one("#changes").add_class("-front")
        self.set_interval(_CHECK_EVERY_S, self._check)
        self.set_interval(_RECOUNT_EVERY_S, self._recount)
        self._follow()
        self._check()

    # Following the store.

    @work(description="following the store")
    async def _follow(self) -> None:
        while True:
            try:
                await self._look()
                self._problem = None
            except StoreError as error:
                self._problem = str(error)
            self._status.status = self._desk.describe(self._totals, self._problem)
            for words, severity in self._desk.take_news():
                self._desk.tell(self.app, words, severity=severity)
            if self._desk.has_first_address and not self._welcomed and self.is_current:
                self.action_connect()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _look(self) -> None:
        """Pulls what is new into the panels, and counts anew, if anything was committed."""
        reading = self._desk.reading
        revision = await reading.run(reading.reader.revision)
        # Under a dialog the panels are still in view.
        if self.is_current or self.app.screen.is_modal:
            for panel in self._logs:
                await panel.pull(revision)
        if revision != self._counted and time.monotonic() > self._count_at:
            await self._count()
            self._counted = revision

    async def _count(self) -> None:
        since = datetime.now(UTC) - _MINUTE
        self._totals = await self._desk.reading.query(
            lambda connection: read_totals(connection, since)
        )
        self._count_at = time.monotonic() + _COUNT_EVERY_S

    def _recount(self) -> None:
        """The deliveries of the last minute grow old also when nothing happens."""
        self._counted = -1

    @work(exclusive=True, group="checks", description="checking")
    async def _check(self) -> None:
        self._checks.show(await self._desk.check())

    # What the keys do.

    @on(Selected, "#deliveries-table")
    @on(Selected, "#failures-table")
    def inspect_delivery(self, message: Selected) -> None:
        """Opens a delivery."""
        self.app.push_screen(Inspector(self._desk, message.row_id))

    @on(Selected, "#changes-table")
    @work(description="finding the event of a change")
    async def inspect_change(self, message: Selected) -> None:
        """Opens the delivery whose event made a change."""
        event_id = await self._event_of_change(message.row_id)
        if event_id is not None:
            self.app.push_screen(Inspector(self._desk, event_id))

    @on(Selected, "#checks-table")
    def explain_check(self, message: Selected) -> None:
        """Shows all of a check's words, and what one key can do about it."""
        check = self._checks.selected(message.row_id)
        if check is not None:
            self.app.push_screen(CheckCard(check), self._act)

    def _act(self, action: Action | None) -> None:
        if action is None:
            return
        if action.kind is ActionKind.COPY_URL:
            self.action_copy_url()
        elif action.kind is ActionKind.SEND_PING:
            self._check_closely()
        elif (delivery_id := action.delivery_id or action.event_id) is not None:
            self.app.push_screen(Inspector(self._desk, delivery_id))
        else:
            self._carry_out(action)

    @work(description="acting on a check")
    async def _carry_out(self, action: Action) -> None:
        await self._desk.carry_out(self.app, action)
        self._checks.show(await self._desk.check())

    @work(exclusive=True, group="checks", description="checking closely")
    async def _check_closely(self) -> None:
        self._desk.tell(self.app, "Looking closely: a signed ping goes to every address …")
        checks = await self._desk.check_closely()
        self._checks.show(checks)
        self._desk.tell_verdict(self.app, checks)

    async def _event_of_change(self, change_id: int) -> int | None:
        found = await self._desk.reading.query(
            lambda connection: units.get_changes(connection, [change_id])
        )
        return found[change_id].event_id if change_id in found else None

    def action_focus_panel(self, name: str) -> None:
        """Goes to a panel; on a narrow screen it comes to the front."""
        for panel in (*self._logs, self._checks):
            panel.set_class(panel.id == name, "-front")
        self.query_one(f"#{name}-table", LiveTable).focus()

    def action_samples(self) -> None:
        """Opens the sample picker."""
        self.app.push_screen(SamplePicker(self._desk))

    @work(description="replaying")
    async def action_replay(self) -> None:
        """Sends the delivery under the cursor, or the newest, again."""
        table = self.focused
        if not isinstance(table, LiveTable) or table.id == "checks-table":
            table = self._logs[0].table
        if table.cursor_id is not None and not table.is_row_in_view(table.cursor_id):
            # Nothing is sent that cannot be seen.
            table.select_row(table.cursor_id)
            self._desk.tell(self.app, "Here is the selected row. Press the key again to send it.")
            return
        row_id = table.newest_id if table.cursor_id is None else table.cursor_id
        if row_id is not None and table.id == "changes-table":
            row_id = await self._event_of_change(row_id)
        if row_id is None:
            self._desk.tell(self.app, "There is no delivery here to send again.")
        else:
            await self._desk.replay(self.app, row_id)

    @work(description="sending a wrong signature")
    async def action_send_wrong(self) -> None:
        """Sends a sample whose signature is wrong."""
        await self._desk.send_wrong(self.app)

    @work(description="verifying again")
    async def action_reverify(self) -> None:
        """Processes refused deliveries that prove authentic under the secret in force now."""
        await self._desk.reverify(self.app)

    @work(description="passing on again")
    async def action_requeue(self) -> None:
        """Passes on anew what failed at a forward target, or is held."""
        await self._desk.requeue_forwards(self.app)

    def action_check(self) -> None:
        """Makes every check, pings included."""
        self._check_closely()

    def action_connect(self) -> None:
        """Shows the address to paste, and the steps in Propexo's dashboard."""
        self._welcomed = True
        self.app.push_screen(PropexoSetup(self._desk.describe_setup()), self._copy_if)

    def _copy_if(self, wanted: bool | None) -> None:  # noqa: FBT001 - a screen's answer
        if wanted:
            self.action_copy_url()

    def action_copy_url(self) -> None:
        """Copies the address for Propexo's dashboard, or the local one."""
        url = self._desk.url_to_paste
        self.app.copy_to_clipboard(url)
        self._desk.tell(self.app, f"Copied {url}")
