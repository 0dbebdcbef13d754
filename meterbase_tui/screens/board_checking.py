"""The dashboard's troubleshooting: checks again and again, closely by a key, and their cures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from meterbase_tui import screens
from meterbase_tui.screens.board import Board
from meterbase_tui.widgets.table_messages import Selected
from receiver.arrival.senders import group_failures
from receiver.checks import ActionKind
from store.errors import StoreError
from store.reading.refusals import newest_refusals

if TYPE_CHECKING:
    from receiver.checks import Action

_CHECK_EVERY_S = 5.0


class BoardChecking(Board):
    """What is wrong with the set-up, and the address that belongs into Propexo's dashboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check", tooltip="Look closely at the set-up", id="checks.run"),
        Binding("C", "causes", "Why signatures failed", id="failures.causes", show=False),
        Binding("L", "log", "Log of the program", id="log.open", show=False),
        Binding("o", "records", "Records", id="records.open"),
        Binding("u", "copy_url", "Copy address", id="receiver.copy_url", show=False),
        Binding("w", "connect", "Connect Propexo", id="receiver.connect", show=False),
    ]

    def begin_checking(self) -> None:
        """Checks now and every few seconds."""
        self.set_interval(_CHECK_EVERY_S, self._check)
        self._check()

    @work(exclusive=True, group="checks", description="checking")
    async def _check(self) -> None:
        self._checks.show(await self._desk.check())

    @work(exclusive=True, group="checks", description="checking closely")
    async def _check_closely(self) -> None:
        self._desk.tell(self.app, "Looking closely: a signed ping goes to every address …")
        checks = await self._desk.check_closely()
        self._checks.show(checks)
        self._desk.tell_verdict(self.app, checks)

    @on(Selected, "#checks-table")
    def explain_check(self, message: Selected) -> None:
        """Shows all of a check's words, and what one key can do about it."""
        check = self._checks.selected(message.row_id)
        if check is not None:
            self.app.push_screen(screens.CheckCard(check), self._act)

    def _act(self, action: Action | None) -> None:
        if action is None:
            return
        if action.kind is ActionKind.COPY_URL:
            self.action_copy_url()
        elif action.kind is ActionKind.SEND_PING:
            self._check_closely()
        elif (delivery_id := action.delivery_id or action.event_id) is not None:
            self.app.push_screen(screens.Inspector(self._desk, delivery_id))
        else:
            self._carry_out(action)

    @work(description="acting on a check")
    async def _carry_out(self, action: Action) -> None:
        await self._desk.carry_out(self.app, action)
        self._checks.show(await self._desk.check())

    @work(exclusive=True, group="causes", description="summing up what failed")
    async def action_causes(self) -> None:
        """Shows refused signatures by cause and sender."""
        try:
            groups = await self._desk.reading.query(
                lambda connection: group_failures(newest_refusals(connection))
            )
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
            return
        if groups:
            shown = [self._desk.discretion.show(group) for group in groups]
            self.app.push_screen(screens.FailureGroups(shown), self._inspect_signature)
        else:
            key = self._desk.key_names.of("samples.wrong")
            self._desk.tell(self.app, f"No signature has failed. {key} sends one that does.")

    def _inspect_signature(self, delivery_id: int | None) -> None:
        if delivery_id is not None:
            self.app.push_screen(screens.Inspector(self._desk, delivery_id, tab="signature"))

    def action_log(self) -> None:
        """Shows what went on inside the program."""
        self.app.push_screen(screens.LogScreen(self._desk))

    def action_records(self) -> None:
        """Shows properties, connections, units, the bill and notifications."""
        self.app.push_screen(screens.Records(self._desk))

    def action_check(self) -> None:
        """Makes every check, pings included."""
        self._check_closely()

    def action_connect(self) -> None:
        """Shows the address to paste, and the steps in Propexo's dashboard."""
        self.app.push_screen(screens.PropexoSetup(self._desk.describe_setup()), self._copy_if)

    def _copy_if(self, wanted: bool | None) -> None:  # noqa: FBT001 - a screen's answer
        if wanted:
            self.action_copy_url()

    def action_copy_url(self) -> None:
        """Copies the address for Propexo's dashboard, or the local one."""
        url = self._desk.url_to_paste
        self.app.copy_to_clipboard(url)
        self._desk.tell(self.app, f"Copied {url}")
