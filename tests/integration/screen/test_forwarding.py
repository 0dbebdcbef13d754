"""Forwarding on the screen: the target's state, every answer, and one key to send again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import SECRET
from tests.integration.forwarding.conftest import numbered
from tests.stand_ins.application import Application

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def application() -> Iterator[Application]:
    made = Application(SECRET)
    yield made
    made.close()


async def test_the_target_its_answers_and_sending_again(
    open_bench: Any, open_display_on: Any, application: Application
) -> None:
    application.answer(422, X_Why="[b]because[/]")
    with open_bench(forward_to=application.url) as bench:
        async with open_display_on(bench) as display:
            await display.shows(f"→ ○ 127.0.0.1:{application.port} idle")
            await asyncio.to_thread(bench.post, numbered(1))
            await display.shows("failing 1 failed")
            await display.tells("does not take deliveries: it answered 422")
            await display.press("enter")
            await display.shows("Delivery 1")
            await display.press("h", "h", "h")
            await display.shows("✗ failed", application.url)
            await display.shows("✗ it answered 422")
            await display.shows("X-Why: [b]because[/]")
            await display.shows("status 422")
            await display.press("escape")
            application.answer(200)
            await display.press("F")
            await display.shows("● 127.0.0.1", "up")
            await display.press("F")
            await display.tells("Nothing failed at a forward target")
    assert application.numbers == [1, 1]


async def test_without_a_target_the_inspector_says_how(bench: Any, open_display: Any) -> None:
    await asyncio.to_thread(bench.post, numbered(1))
    async with open_display(80, 24) as display:
        await display.shows("data.update")
        await display.press("enter", "h", "h", "h")
        await display.shows("Start with --forward-to URL")
