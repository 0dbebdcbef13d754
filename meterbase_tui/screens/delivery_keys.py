"""What the keys do to the delivery that a screen shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from meterbase_tui.screens import inspected
from meterbase_tui.screens.copy_menu import CopyMenu
from meterbase_tui.screens.copying import copy_part
from meterbase_tui.screens.diff import DiffScreen
from meterbase_tui.screens.editor import Draft, PayloadEditor, refuse_edit
from meterbase_tui.screens.exports import export_deliveries
from meterbase_tui.screens.keeping import keep_sample

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.details import Detail


class DeliveryKeys(Screen[None]):
    """A screen of one delivery. What it shows of it is in the class derived from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "replay", "Replay", tooltip="Send it again", id="delivery.replay"),
        Binding("e", "edit", "Edit", tooltip="Edit, sign and send", id="delivery.edit"),
        Binding("d", "diff", "Diff", tooltip="Against the one before it", id="delivery.diff"),
        Binding("y", "copy", "Copy", id="delivery.copy"),
        Binding("w", "keep", "Keep", tooltip="Keep as your own sample", id="delivery.keep"),
        Binding("E", "export", "Export", tooltip="Export into a file", id="delivery.export"),
    ]

    def __init__(self, desk: Desk, delivery_id: int) -> None:
        super().__init__()
        self._desk = desk
        self._delivery_id = delivery_id
        self._detail: Detail | None = None
        """The delivery as it is in the store; None until it was read."""

    @work(description="replaying")
    async def action_replay(self) -> None:
        """Sends the delivery again."""
        await self._desk.mailroom.replay(self.app, self._delivery_id)

    def action_edit(self) -> None:
        """Opens the payload in an editor."""
        if self._detail is None:
            return
        content = self._detail.content
        why = refuse_edit(content, masked=self._desk.discretion.masked)
        if why is not None:
            self._desk.tell(self.app, why, severity="warning")
        else:
            what = f"delivery {self._delivery_id}"
            draft = Draft(what, content.body, partial(self._send_edited, self._delivery_id))
            self.app.push_screen(PayloadEditor(self._desk, draft))

    async def _send_edited(self, delivery_id: int, body: bytes, sign: bool) -> bool:  # noqa: FBT001
        return await self._desk.mailroom.send_edited(self.app, delivery_id, body, resign=sign)

    @work(description="looking for the event before")
    async def action_diff(self) -> None:
        """Compares with the event before it that is about the same record."""
        detail = self._detail
        if detail is None:
            return
        before = await self._desk.reading.query(lambda found: inspected.earlier(found, detail))
        if before is None:
            self._desk.tell(self.app, "There is no earlier event about the same record.")
        else:
            self.app.push_screen(DiffScreen(self._desk, before, self._delivery_id))

    @work(description="keeping a sample")
    async def action_keep(self) -> None:
        """Asks for a name, and keeps the delivery as a sample of the user's own."""
        if self._detail is not None:
            await keep_sample(self.app, self._desk, self._detail)

    def action_copy(self) -> None:
        """Asks what to copy."""
        self.app.push_screen(CopyMenu(), self._copy)

    def _copy(self, name: str | None) -> None:
        if name is not None and self._detail is not None:
            self.run_worker(
                copy_part(self.app, self._desk, self._detail, name), description="copying"
            )

    @work(description="exporting", group="dialogs", exclusive=True)
    async def action_export(self) -> None:
        """Writes the delivery into a file."""
        await export_deliveries(self.app, self._desk, [self._delivery_id])
