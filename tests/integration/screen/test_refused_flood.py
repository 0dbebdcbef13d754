"""A flood of refusals on the narrowest screen of everyday: how many requests it was can be read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.terminal.themes import DARK
from store.database import Database
from tests.integration.screen.test_pictures import _utc, expect_picture, opened
from tests.stand_ins.arrivals import refused

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["_utc"]  # a fixture that is the same here
WORDS = "1,179 requests were refused like this within 1.0 s."


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One row that stands for many, and one that stands for itself."""
    database = Database(tmp_path / "store.db")
    try:
        for arrival in (
            refused(1, explanation="It has no signature."),
            refused(2, requests=1_179, explanation=WORDS),
            refused(3, requests=88, status=404, path="/elsewhere", explanation=WORDS),
        ):
            asyncio.run(database.append(arrival, 4))
    finally:
        database.close()
    return database.path


async def test_the_row_and_the_counter_say_how_many_requests_it_was(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        await display.shows("POST /elsewhere", "– wrong path", "×88 ")
        await display.shows("a flood; one is kept", "✗ invalid", "– refused", "×1,179")
        await display.shows("3 deliveries", "1,268 refused")
        await expect_picture("flood-80", display, DARK)
        alone = await display.shows("It has no")
        assert "×" not in alone
        await display.press("2")
        await display.shows("✗ invalid", "1,179 requests were refused")
