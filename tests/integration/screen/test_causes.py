"""Refused signatures by cause and sender, on the screen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from receiver.judging.signing import sign
from tests.integration.screen.webhooks import NEW_UNIT, post


async def test_nothing_has_failed_and_it_says_how_to_see_one(bench: Any, open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await display.shows("Incoming events")
        await display.press("C")
        await display.tells("No signature has failed. x sends one that does.")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_failures_are_grouped_and_the_newest_opens_on_its_signature(
    bench: Any, open_display: Any, size: tuple[int, int]
) -> None:
    digest = sign(bench.secret, json.dumps(NEW_UNIT).encode()).removeprefix("sha256=")
    await post(bench, NEW_UNIT, signature=digest)
    await post(bench, NEW_UNIT, signature=None)
    await post(bench, NEW_UNIT, ("User-Agent", "\x9b[31mOdd/1"), signature=digest)
    await post(bench, NEW_UNIT, signature=digest)
    async with open_display(*size) as display:
        await display.until(
            lambda: all(d.diagnosis for d in bench.deliveries()), "all of them diagnosed"
        )
        await display.press("C")
        await display.shows("Why signatures failed")
        await display.shows("✗ missing prefix", "×2")
        await display.shows("✗ missing header", "×1")
        assert "\x9b" not in display.text
        assert "→" in display.text
        await display.press("j", "enter")
        line = await display.shows("Delivery 3")
        assert "invalid" in line
        await display.shows("Verdict", "invalid")
        await display.press("escape")
        await display.shows("Incoming events")
        await display.press("C", "escape")
        await display.until(lambda: len(display.app.screen_stack) == 1, "closed")
