"""What the dashboard says to somebody who starts with an empty store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PING = {"event": "test.ping", "timestamp": "2026-03-25T14:30:00Z", "data": {}}


async def test_it_says_what_runs_the_secret_and_the_keys(
    open_bench: Any, open_display_on: Any, tmp_path: Path
) -> None:
    with open_bench(secret=None, env_file=tmp_path / ".env") as bench:
        async with open_display_on(bench, 80, 24) as display:
            port = bench.runtime.url.split(":")[2].split("/")[0]
            await display.shows(f"The receiver is running at 127.0.0.1:{port}.")
            await display.shows("s ", "send a sample")
            await display.shows("w ", "connect Propexo")
            await display.shows("secret", "was generated", "meterbase-tui secret --reveal")
            await display.shows("yours", "PROPEXO_WEBHOOK_SECRET=…")
            assert "│  yours " in display.text  # it is cut at the right, and has its margin
            await display.shows("esc", "put this away")


async def test_the_first_delivery_takes_its_place(bench: Any, open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await display.shows("put this away")
        await asyncio.to_thread(bench.post, PING)
        await display.shows("test.ping", "✓ valid")
        await display.hides("put this away")


async def test_it_is_put_away_by_a_key(open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await display.shows("put this away")
        await display.press("escape")
        await display.hides("put this away", "The receiver is running")
        await display.shows("send a sample")


async def test_a_secret_that_was_set_is_named_by_its_place(
    open_bench: Any, open_display_on: Any
) -> None:
    named = {"secret": "PROPEXO_WEBHOOK_SECRET in /srv/.env:1"}
    with open_bench(sources=named) as bench:
        async with open_display_on(bench, 160, 45) as display:
            await display.shows("secret", "comes from PROPEXO_WEBHOOK_SECRET in /srv/.env:1")
            assert "yours" not in display.text


async def test_in_a_store_with_deliveries_there_is_none(bench: Any, open_display: Any) -> None:
    await asyncio.to_thread(bench.post, PING)
    async with open_display(80, 24) as display:
        await display.shows("test.ping", "✓ valid")
        assert "put this away" not in display.text
