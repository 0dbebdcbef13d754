"""Keys that come faster than the screen is drawn: each counts, and none is taken back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.widgets import Tab, TabbedContent, Tabs

from meterbase_tui.sending.mailroom import Mailroom
from meterbase_tui.terminal.themes import DARK
from meterbase_tui.wording.record_pages import TABS
from tests.integration.screen.test_more_pictures import STORES, go_home
from tests.integration.screen.test_pictures import opened
from tests.integration.screen.webhooks import MOVE_IN, NEW_UNIT, UNIT, post
from tests.stand_ins.still_receiver import write_history

if TYPE_CHECKING:
    from pathlib import Path

INSPECTED = ("payload", "headers", "signature", "processing", "forwarding", "deliveries", "history")
TURNS = (0, 2)
"""Turns of the loop between two keys: none, as of a paste, or a few, as of a held key."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fast") / "store.db"
    write_history(path, STORES["full"])
    return path


async def type_fast(display: Any, key: str, times: int, turns: int) -> None:
    for _ in range(times):
        display.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(turns):
            await asyncio.sleep(0)


async def expect_end_at(display: Any, name: str, what: str) -> None:
    """Waits until a tab is open, and sees that it stays so when all has been heard."""
    tabs = display.app.screen.query_one("#tabs", TabbedContent)

    def found() -> bool:
        focused = display.app.focused
        return bool(tabs.active == name and focused and tabs.get_pane(name) in focused.ancestors)

    await display.until(found, f"{what} at {name}")
    await display._pilot.pause()
    assert found(), (what, name, tabs.active)


SCREENS = {
    "records": (("o",), "right", "left", TABS),
    "inspector": (("j", "enter"), "l", "h", INSPECTED),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_every_key_that_goes_to_a_tab_counts(
    store: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, forth, back, tabs = SCREENS[name]
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        for times, turns in zip((15, 10), TURNS, strict=True):
            await display.press(*opening)
            await type_fast(display, forth, times, turns)
            at = times % len(tabs)
            await expect_end_at(display, tabs[at], f"{times} × {forth} with {turns} turns between")
            await type_fast(display, back, 3, turns)
            await expect_end_at(display, tabs[at - 3], f"and 3 × {back}")
            await go_home(display)


async def test_keys_that_come_as_soon_as_a_screen_is_there_count(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        for turns in TURNS:
            await type_fast(display, "o", 1, 0)
            await display.until(lambda: display.app.screen.query("#tabs"), "tabs", pause=0)
            await type_fast(display, "right", 3, turns)
            await expect_end_at(display, TABS[3], f"3 × right with {turns} turns between them")
            await go_home(display)


async def test_what_was_told_of_a_tab_before_takes_nobody_back(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        await display.press("o", "right", "right")
        bar = display.app.screen.query_one(Tabs)
        # As the message of the first tab, when the screen's own parts are slow.
        bar.post_message(Tabs.TabActivated(bar, bar.query(Tab).first()))
        await expect_end_at(display, TABS[2], "where the keys went")
        await display.shows("203", "occupied")


async def test_a_click_goes_to_a_tab(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        await display.press("o")
        await display.shows("Properties", "Units")
        await display._pilot.click("#--content-tab-units")
        tabs = display.app.screen.query_one("#tabs", TabbedContent)
        await display.until(lambda: tabs.active == "units", "the units")
        await display.shows("203", "occupied")
        await display.press("right")
        await expect_end_at(display, "leases", "one more")


async def test_every_step_to_another_delivery_counts(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, (80, 24), DARK, monkeypatch) as display:
        await display.press("enter")
        await display.shows("Delivery 15")
        for turns in TURNS:
            await type_fast(display, "J", 5, turns)
            await display.shows("Delivery 10")
            await type_fast(display, "K", 5, turns)
            await display.shows("Delivery 15")


async def test_what_a_key_sends_is_not_given_up_for_the_next(
    bench: Any, open_display: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for second in range(3):
        await post(bench, NEW_UNIT | {"timestamp": f"2026-03-25T14:30:0{second}Z"})
    slow = asyncio.Event()
    replay = Mailroom.replay

    async def wait_and_replay(*arguments: Any) -> bool:
        await slow.wait()
        return await replay(*arguments)

    monkeypatch.setattr(Mailroom, "replay", wait_and_replay)
    async with open_display(80, 24) as display:
        await display.shows("Incoming events · 3")
        await display.press("j", "space", "space", "space", "r")
        await display.shows("Are you sure?")
        await display.press("enter")
        await display.press("r")
        await display.shows("Are you sure?")
        await display.press("escape")
        slow.set()
        await display.shows("Incoming events · 6")
        await display.hides("marked")
    assert [each.replay_of for each in bench.deliveries()[3:]] == [1, 2, 3]


async def test_each_key_that_dismisses_can_be_undone(bench: Any, open_display: Any) -> None:
    for each in (NEW_UNIT, MOVE_IN, MOVE_IN | {"timestamp": "2026-03-25T16:00:00Z", "data": UNIT}):
        await post(bench, each)
    bench.settle()
    async with open_display() as display:
        await display.press("o")
        await display.shows("Records", "to review")
        await display.press("left")
        await display.shows("rubs", "event 3")
        await type_fast(display, "x", 1, 0)
        await type_fast(display, "X", 1, 0)
        await display.shows("There is nothing that a person should look at")
        await display.press("z")
        await display.shows("event 2")
        assert "event 3" not in display.text
        await display.press("z")
        await display.shows("event 3")
