"""Keeps the delivery that is inspected as a sample of the user's own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from meterbase_tui.screens.keep_sample import KeepSample
from meterbase_tui.sending.own_samples import OwnSampleError, save_sample

if TYPE_CHECKING:
    from textual.app import App

    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.details import Detail


async def keep_sample(app: App[Any], desk: Desk, detail: Detail) -> None:
    """Asks how to keep it, keeps it, and says where it is or why it is not."""
    folder = desk.link.settings.samples
    if folder is None:
        desk.tell(app, "There is no folder of own samples: see METERBASE_SAMPLES.")
        return
    question = KeepSample(
        desk.discretion.show(detail.delivery), folder, mask=desk.discretion.masked
    )
    keeping = await app.push_screen_wait(question)
    if keeping is None:
        return
    try:
        path = await asyncio.to_thread(
            save_sample, folder, keeping.name, detail.content, mask=keeping.mask
        )
    except OwnSampleError as error:
        desk.tell(app, str(error), severity="error")
        return
    await asyncio.to_thread(desk.outbox.find_own_samples)
    desk.tell(app, f"Kept as {path.stem}. It is in the list of samples, at the end.")
