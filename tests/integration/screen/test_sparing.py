"""What the screen leaves to a receiver that has much to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from meterbase_tui.screens import dashboard
from store.database import Database
from tests.integration.screen.residents import UNIT
from tests.integration.screen.webhooks import post

if TYPE_CHECKING:
    import pytest


async def test_it_looks_less_often_in_a_burst(
    bench: Any, open_display: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = dashboard.Dashboard._look

    async def count(self: dashboard.Dashboard) -> None:
        nonlocal looks
        looks += 1
        await look(self)

    monkeypatch.setattr(dashboard.Dashboard, "_look", count)
    monkeypatch.setattr(dashboard, "_LOOK_EVERY_S_IN_BURST", 0.6)
    monkeypatch.setattr(Database, "burst", property(lambda _: True))
    async with open_display() as display:
        await post(bench, UNIT)
        await display.shows("unit_1")
        loop = asyncio.get_running_loop()
        before, began = looks, loop.time()
        for second in range(12):
            await post(bench, UNIT | {"timestamp": f"2026-03-26T10:00:{second:02}Z"})
            await asyncio.sleep(0.1)
        took = loop.time() - began
        assert looks - before <= 2 + took / 0.6
