"""From a POST on a real socket to the row that a person sees."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meterbase_tui.screens.dashboard import Dashboard
from tests.integration.screen.webhooks import HOSTILE, MOVE_IN, NEW_UNIT, UNIT, post


async def test_a_webhook_becomes_a_row_a_change_and_a_failure(
    bench: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await display.shows("No webhook has arrived yet")
        await post(bench, NEW_UNIT)
        await display.shows("data.new", "unit_xyz789", "✓ valid", "✓ created", "200")
        await post(bench, MOVE_IN)
        await display.shows("data.update", "unit_xyz789", "✓ valid", "✓ updated")
        await display.shows("305", "status", "vacant → occupied", "RUBS")
        await post(bench, NEW_UNIT, signature="test_signature")
        await display.shows("✗ invalid", "– refused", "401")
        await display.shows("✗ placeholder")
        await display.shows("3 deliveries", "1 refused", "0 pending")


async def test_a_repeated_delivery_says_which_event_it_repeats(
    bench: Any, open_display: Any
) -> None:
    async with open_display() as display:
        first = await post(bench, NEW_UNIT)
        await post(bench, NEW_UNIT)
        await display.shows("data.new", f"×2 #{first.json['event_id']}")


async def test_what_was_there_before_is_shown_at_once(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    async with open_display() as display:
        await display.shows("data.new", "✓ created")
        await display.shows("Incoming events · 1")


async def test_a_digit_sends_a_sample_and_r_replays_it(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await display.press("s")
        await display.shows("Send a sample")
        await display.press("2", "escape")
        await display.shows("data.new", "sample", "✓ created")
        await display.press("r")
        await display.shows("data.new", "×2 #1")
    origins = [(found.origin, found.replay_of) for found in bench.deliveries()]
    assert origins == [("sample", None), ("replay", 1)]


async def test_x_sends_a_wrong_signature_and_says_why_it_failed(
    bench: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await display.press("x")
        await display.tells("The Test button, wrongly signed: 401 in")
        await display.tells("ms, as it should be")
        await display.shows("✗ body reserialized")
        await display.press("x")
        await display.shows("body reserialized 2")


async def test_new_rows_never_move_the_selection(bench: Any, open_display: Any) -> None:
    for second in range(20):
        await post(bench, NEW_UNIT | {"timestamp": f"2026-03-25T14:30:{second:02}Z"})
    async with open_display(80, 24) as display:
        await display.shows("Incoming events · 20")
        await display.press("j", "j", "j")
        table = display.app.screen.query_one("#deliveries-table")
        chosen = table.cursor_id
        await post(bench, NEW_UNIT | {"timestamp": "2026-03-25T15:00:00Z"})
        await display.shows("Incoming events · 21")
        await display.shows("paused")
        assert table.cursor_id == chosen
        await display.press("g")
        await display.until(lambda: table.following, "following again")


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
async def test_hostile_text_is_shown_and_never_obeyed(
    bench: Any, open_display: Any, size: tuple[int, int]
) -> None:
    hostile = NEW_UNIT | {"data": UNIT | {"id": HOSTILE, "unit_number": HOSTILE, "status": HOSTILE}}
    async with open_display(*size) as display:
        await post(bench, hostile)
        await post(bench, hostile | {"connection_id": "[/red]conn"})
        await post(bench, hostile, signature="[/]\xe9")
        await post(bench, b"", signature=None, path="/[@click=app.quit]x[/]", method="GET")
        await display.until(lambda: len(bench.deliveries()) == 4, "four deliveries")
        await display.shows("Incoming events · 4")
        for row in (0, 3):
            await display.press("g", *["j"] * row, "enter")
            await display.until(lambda: len(display.app.screen_stack) == 2, "the inspector")
            for _ in range(4):
                await display.press("right_square_bracket")
                unprintable = [c for c in display.text if not c.isprintable() and c != "\n"]
                assert unprintable == []
            await display.press("escape")
        assert display.app.is_running


async def test_the_inspector_shows_a_delivery_whole(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, MOVE_IN, ("X-Trace", "abc"))
    bench.settle()
    async with open_display() as display:
        await display.shows("data.update", "✓ updated")
        await display.press("j", "g", "enter")
        await display.shows('"unit_number"', '"305"')
        await display.press("right_square_bracket")
        await display.shows("X-Trace: abc")
        await display.press("right_square_bracket")
        await display.shows("Verdict", "✓ valid")
        await display.press("right_square_bracket")
        await display.shows("status", "vacant → occupied")
        await display.shows("rubs: Unit 305")
        await display.press("escape")
        await display.shows("Incoming events")


async def test_a_panel_that_was_hidden_shows_what_it_missed(bench: Any, open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await display.press("2")
        await display.shows("Signature failures")
        await post(bench, NEW_UNIT)
        await post(bench, MOVE_IN)
        await display.shows("Incoming events · 2")
        await display.press("3")
        await display.shows("305", "status", "vacant → occupied")


@pytest.mark.parametrize("key", ["L", "o"])
async def test_what_another_screen_hides_is_neither_read_nor_drawn(
    bench: Any, open_display: Any, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    looks: list[int] = []
    look = Dashboard._look_at_panels

    async def count(dashboard: Dashboard, revision: int) -> None:
        looks.append(revision)
        await look(dashboard, revision)

    monkeypatch.setattr(Dashboard, "_look_at_panels", count)
    async with open_display() as display:
        await display.shows("No webhook has arrived yet")
        await display.press(key)
        await display.shows("Back")
        before = len(looks)
        await post(bench, NEW_UNIT)
        await asyncio.sleep(0.5)
        assert len(looks) - before <= 1  # one may have been under way
        await display.press("escape")
        await display.shows("data.new", "unit_xyz789", "✓ created")
