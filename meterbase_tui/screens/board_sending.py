"""The dashboard's keys that send: samples, a delivery again, the marked ones in order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from meterbase_tui import screens
from meterbase_tui.screens.board import Board
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.screens.exports import export_deliveries
from meterbase_tui.wording.delivery_rows import describe_resource
from meterbase_tui.wording.refusals import describe_refusal
from meterbase_tui.wording.values import local_time
from store.reading import deliveries

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from store.records import Delivery


class BoardSending(Board):
    """Sends to the receiver, over HTTP like anybody else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "samples", "Samples", tooltip="Send a sample", id="samples.pick"),
        Binding("S", "scenarios", "Play a scenario", id="scenarios.pick", show=False),
        Binding("r", "replay", "Replay", tooltip="Send again, or the marked", id="delivery.replay"),
        Binding(
            "E", "export", "Export", tooltip="Export into a file", id="delivery.export", show=False
        ),
        Binding("x", "send_wrong", "Send a wrong signature", id="samples.wrong", show=False),
        Binding("V", "reverify", "Verify refused again", id="failures.reverify", show=False),
        Binding("F", "requeue", "Forward again", id="forwards.requeue", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._replaying = asyncio.Lock()
        """A second key neither ends nor overtakes what the first one sends."""

    def action_samples(self) -> None:
        """Opens the sample picker."""
        self.app.push_screen(screens.SamplePicker(self._desk))

    def action_scenarios(self) -> None:
        """Opens the scenarios."""
        self.app.push_screen(screens.ScenarioPicker(self._desk))

    @work(description="sending a wrong signature")
    async def action_send_wrong(self) -> None:
        """Sends a sample whose signature is wrong."""
        await self._desk.mailroom.send_wrong(self.app)

    @work(description="verifying again")
    async def action_reverify(self) -> None:
        """Processes refused deliveries that prove authentic under the secret in force now."""
        await self._desk.reverify(self.app)

    @work(description="passing on again")
    async def action_requeue(self) -> None:
        """Passes on anew what failed at a forward target, or is held."""
        await self._desk.requeue_forwards(self.app)

    @work(description="replaying")
    async def action_replay(self) -> None:
        """Sends the delivery under the cursor again, or the marked ones after asking."""
        marked = self._deliveries.table.marks
        if marked:
            await self._replay_marked(sorted(marked))
        elif (delivery_id := await self._chosen_delivery()) is not None:
            async with self._replaying:
                await self._desk.mailroom.replay(self.app, delivery_id)

    @work(description="exporting", group="dialogs", exclusive=True)
    async def action_export(self) -> None:
        """Writes the delivery under the cursor into a file, or the marked ones."""
        marked = self._deliveries.table.marks
        if marked:
            if await export_deliveries(self.app, self._desk, marked):
                self._deliveries.table.clear_marks()
        elif (delivery_id := await self._chosen_delivery()) is not None:
            await export_deliveries(self.app, self._desk, [delivery_id])

    async def _replay_marked(self, ids: list[int]) -> None:
        found = await self._desk.reading.query(
            lambda connection: deliveries.get_deliveries(connection, ids)
        )
        chosen = [found[delivery_id] for delivery_id in ids if delivery_id in found]
        count = f"{len(chosen):,} {'delivery' if len(chosen) == 1 else 'deliveries'}"
        agreed = await self.app.push_screen_wait(
            Confirm(
                f"{count} will be sent again to {self._desk.link.url}, byte for byte, one after "
                "the other in the order in which they arrived.",
                [_describe(self._desk.discretion.show(delivery)) for delivery in chosen],
                f"send {count}",
            )
        )
        if agreed:
            async with self._replaying:
                await self._send_in_order(chosen)

    async def _send_in_order(self, chosen: list[Delivery]) -> None:
        sent = 0
        for delivery in chosen:
            # What did not arrive must not be overtaken by what comes after it.
            if not await self._desk.mailroom.replay(self.app, delivery.id):
                self._desk.tell(
                    self.app,
                    f"Sent {sent:,} of {len(chosen):,}, then delivery {delivery.id} could not be "
                    "sent. The rest was left; the marks are still there.",
                    severity="error",
                )
                return
            sent += 1
        self._deliveries.table.clear_marks()
        self._desk.tell(self.app, f"Sent {sent:,} again, in order.")


def _describe(delivery: Delivery) -> str:
    what = f"{delivery.event:<14} {describe_resource(delivery)}" if delivery.event else ""
    return f"{delivery.id:>6}  {local_time(delivery.received_at)}  " + (
        what or describe_refusal(delivery)
    )
