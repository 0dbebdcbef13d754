"""While personal data is masked, no key brings a resident's name to the screen or the clipboard."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.integration.screen.residents import MAIL, NAME, UNIT, lease, personal
from tests.integration.screen.webhooks import post

TABS = ("payload", "headers", "signature", "processing", "forwarding", "deliveries", "history")

MASKED = {
    "payload": (
        '"resident_name": "•••"',
        '"remark": "••• asked to be called •••, or •••"',
    ),
    "headers": ("X-About: ••• <•••>",),
    "signature": ("it would confirm a guess",),
    "processing": ("••• → •••",),
    "history": ("••• → •••",),
}
"""What is seen on a tab instead of the resident's name."""


@pytest.fixture
async def leased(bench: Any) -> Any:
    """A unit, of which a second lease event names another resident."""
    await post(bench, UNIT)
    await post(bench, lease(1, "Ada Lovelace"))
    await post(bench, lease(2, NAME), ("X-Resident-Name", NAME), ("X-About", f"{NAME} <{MAIL}>"))
    await asyncio.to_thread(bench.settle)
    return bench


async def inspect(display: Any) -> None:
    await display.shows("data.update", "lease")
    await display.press("enter")
    await display.shows("Delivery 3")
    await display.shows(NAME)


async def masked(display: Any) -> None:
    await display.press("P")
    await display.shows("Delivery 3", "▒ masked")


async def test_no_tab_names_a_resident_after_one_key(leased: Any, open_display: Any) -> None:
    async with open_display() as display:
        await inspect(display)
        await display.press("l")
        await display.shows("X-About", NAME)
        await masked(display)
        # What is told of the key would otherwise cover some lines.
        display.app.clear_notifications()
        for tab in TABS:
            display.app.screen._go_to_tab(tab)
            for words in MASKED.get(tab, ()):
                await display.shows(words)
            await display._pilot.pause(0.1)
            assert not personal(display.text), display.text
        await display.press("P")
        await display.shows("lease.resident name", f"Ada Lovelace → {NAME}")
        await display.until(lambda: "masked" not in display.lines[0], "shown again")


async def test_no_view_of_the_payload_and_no_search_finds_a_name(
    leased: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await inspect(display)
        await masked(display)
        for _ in range(3):
            await display.press("v")
            await display._pilot.pause(0.1)
            assert not personal(display.text), display.text
        await display.press("slash", *"Zebulon")
        await display.shows("not found")


async def test_neither_the_next_delivery_nor_one_opened_later_shows_a_name(
    leased: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await inspect(display)
        await masked(display)
        await display.press("J")
        await display.shows("Delivery 2", "▒ masked")
        await display.shows('"resident_name": "•••"')
        assert not personal(display.text)
        await display.press("escape", "enter")
        await display.shows("Delivery 3", "▒ masked")
        await display.shows('"resident_name": "•••"')
        assert not personal(display.text)


async def test_a_diff_tells_that_a_name_changed_and_not_which(
    leased: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await inspect(display)
        await display.press("d")
        await display.shows("~ data.resident_name", f"Ada Lovelace → {NAME}")
        await display.press("P")
        await display.shows("masked", "- delivery 2", "3 changed")
        await display.shows("~ data.resident_name", "••• → •••")
        display.app.clear_notifications()
        assert not personal(display.text), display.text
        await display.press("P")
        await display.shows("~ data.resident_name", f"Ada Lovelace → {NAME}")


async def test_copies_are_masked_and_say_so_and_curl_is_refused(
    leased: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await inspect(display)
        await masked(display)
        await display.press("y", "c")
        await display.tells("A curl command carries the body as it came")
        assert display.app.clipboard == ""
        await display.press("y", "h")
        await display.tells("Copied the headers with personal data masked")
        assert "X-Resident-Name: •••" in display.app.clipboard
        assert not personal(display.app.clipboard)
        await display.press("y", "b")
        await display.tells("Copied the body with personal data masked")
        assert json.loads(display.app.clipboard)["data"]["resident_name"] == "•••"
        assert not personal(display.app.clipboard)
        await display.press("e")
        await display.tells("The editor would show personal data")
        await display.press("P", "y", "b")
        await display.tells("Copied the body (")
        assert json.loads(display.app.clipboard) == lease(2, NAME)


async def test_where_there_is_little_room_it_says_all_the_same_that_it_masks(
    leased: Any, open_display: Any
) -> None:
    async with open_display(80, 24) as display:
        await display.shows("Incoming events · ")
        await display.press("slash", *"lease", "enter", "P")
        await display.shows("deliveries", "▒ masked", "▽ only “lease”")


async def test_an_open_editor_hides_its_text(leased: Any, open_display: Any) -> None:
    async with open_display() as display:
        await inspect(display)
        await display.press("e")
        await display.shows("Edit delivery 3")
        await display.shows("Zebulon")
        await display.app.action_toggle_discretion()
        await display.until(lambda: not personal(display.text), "hidden")
        await display.app.action_toggle_discretion()
        await display.shows("Zebulon")
        editor = display.app.screen.query_one("#editor")
        await display.until(lambda: display.app.focused is editor, "the focus is in it")


async def test_a_body_that_is_not_json_is_hidden_and_said_to_be(
    bench: Any, open_display: Any
) -> None:
    await asyncio.to_thread(bench.post, f"dear {NAME}".encode())
    async with open_display() as display:
        await display.shows("400")
        await display.press("enter")
        await display.shows(f"dear {NAME}")
        await display.press("P")
        await display.shows("Hidden while personal data is masked: it is not JSON")
        display.app.clear_notifications()
        for _ in range(3):
            await display.press("v")
            await display.shows("Hidden while personal data is masked")
            assert not personal(display.text)
        await display.press("y", "b")
        await display.tells("Hidden while personal data is masked")
        assert display.app.clipboard == ""
