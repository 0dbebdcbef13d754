"""The inspector, driven as a person drives it."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.screens.inspector import Inspector
from tests.integration.screen.webhooks import HOSTILE, MOVE_IN, NEW_UNIT, UNIT, post
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from pathlib import Path

LEASE = {
    "event": "data.new",
    "timestamp": "2026-03-26T10:00:00Z",
    "connection_id": "conn_abc123",
    "resource_type": "lease",
    "data": {
        "id": "lease_abc",
        "property_id": "prop_001",
        "unit_id": "unit_xyz789",
        "status": "active",
        "occupant_count": 2,
        "start_date": "2026-03-01",
    },
}


async def test_a_search_in_the_payload_counts_goes_on_and_ends(open_inspector: Any) -> None:
    async with open_inspector(NEW_UNIT) as display:
        await display.press("slash", *"unit")
        await display.shows("1/3")
        await display.press("enter", "n")
        await display.shows("2/3")
        await display.press("N", "N")
        await display.shows("3/3")
        await display.press("escape")
        await display.until(lambda: "3/3" not in display.text, "the search has ended")
        await display.press("slash", *"nowhere")
        await display.shows("not found")
        await display.press("escape", "escape")
        await display.shows("Incoming events")


async def test_the_deliveries_of_an_event_and_the_history_of_its_unit(
    bench: Any, open_inspector: Any
) -> None:
    for webhook in (NEW_UNIT, MOVE_IN, MOVE_IN, LEASE):
        await post(bench, webhook)
    bench.settle()
    async with open_inspector() as display:
        await display.press("h")
        await display.shows("Unit 305", "newest first")
        await display.shows("data.new lease, created")
        await display.shows("data.update, updated")
        await display.shows("status", "vacant → occupied", "RUBS")
        await display.press("down", "enter")
        await display.shows("Delivery 4")
        await display.press("escape", "J")
        await display.shows("Delivery 3")
        await display.press("h")
        await display.shows("› ", "     3", "again")
        await display.shows("first")
        await display.press("K", "K")
        await display.tells("It is the newest.")


async def test_a_diff_against_the_event_before(open_inspector: Any) -> None:
    async with open_inspector(NEW_UNIT, MOVE_IN) as display:
        await display.press("d")
        await display.shows("- delivery 1", "+ delivery 2", "3 changed")
        await display.shows("~ data.status", "vacant → occupied")
        await display.press("x")
        await display.shows("- delivery 2", "+ delivery 1")
        await display.shows("~ data.status", "occupied → vacant")
        await display.press("escape", "J")
        await display.shows("Delivery 1")
        await display.press("d")
        await display.tells("There is no earlier event about the same record.")


async def test_why_it_was_refused_stands_above_every_tab(bench: Any, open_display: Any) -> None:
    bench.post(b'{"event": "test.ping"}')
    bench.post(b'{"event": "test.ping"}', signature="test_signature")
    bench.post(b"{}", path="/api/webhook")
    async with open_display(80, 24) as display:
        await display.shows("wrong path")
        await display.press("enter")
        await display.shows("Delivery 3   POST /api/webhook ", "– wrong path")
        await display.press("J")
        await display.shows("Delivery 2", "answered 401")
        await display.shows("– refused: placeholder")
        await display.press("J")
        await display.shows("Delivery 1", "answered 400")
        await display.shows("– refused: timestamp must be a text that is not empty")
        await display.press("escape", "2")
        await display.shows("Signature failures")
        await display.press("enter")
        await display.shows("HMAC-SHA256 over the body's bytes")


async def test_whose_signature_failed_opens_on_why_and_a_key_has_the_last_word(
    bench: Any, open_display: Any
) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, NEW_UNIT, signature=None)
    await post(bench, NEW_UNIT, signature="malformed")
    bench.post(b'{"event": "test.ping"}')
    async with open_display(80, 24) as display:
        await display.shows("timestamp lacks a text")
        tabs = ("payload", "signature", "signature", "payload")
        for key, tab in zip("gjjj", tabs, strict=True):
            await display.press(key, "enter")
            await display.until(partial(is_on, display, tab), f"opened on {tab}")
            await display.press("escape")
            await display.shows("Incoming events")
        # A search that is typed before it was read is one in the payload.
        screen = Inspector(display.app._desk, 2)
        await display.app.push_screen(screen)
        screen.action_search()
        await display.shows("refused: missing header")
        await display.press(*"unit")
        await display.shows("1/3")


def is_on(display: Any, tab: str) -> bool:
    """Whether an inspector shows its delivery on a tab, with the keys of that tab."""
    screen = display.app.screen
    if not isinstance(screen, Inspector) or "answered" not in display.text:
        return False
    focused = screen.focused
    return focused is not None and tab in [pane.id for pane in focused.ancestors]


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("i", "1"),
        ("r", "unit_xyz789"),
        ("b", json.dumps(NEW_UNIT)),
        ("y", json.dumps(NEW_UNIT)),
    ],
)
async def test_copying(open_inspector: Any, key: str, copied: str) -> None:
    async with open_inspector(NEW_UNIT, width=80, height=24) as display:
        await display.press("y")
        await display.shows("a curl command, signed rightly")
        await display.press(key)
        await display.tells("Copied the")
        assert display.app.clipboard == copied


async def test_a_copied_curl_has_the_signature_and_not_the_secret(
    bench: Any, open_display: Any
) -> None:
    await post(bench, NEW_UNIT, signature="test_signature")
    async with open_display() as display:
        await display.shows("✗ invalid")
        await display.press("enter", "y", "c")
        await display.tells("Copied the curl")
        command = display.app.clipboard
    assert bench.url in command
    assert "X-Propexo-Signature: sha256=" in command
    assert bench.secret.decode() not in command


async def test_what_is_too_long_for_a_clipboard_goes_into_a_private_file(
    open_inspector: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with open_inspector(NEW_UNIT | {"pad": "x" * 60_000}) as display:
        await display.press("y", "b")
        await display.tells("too long for a clipboard: it is in")
    _check_private_copy(tmp_path)


async def test_what_is_hostile_stays_text_in_every_tab(bench: Any, open_inspector: Any) -> None:
    hostile = {"id": HOSTILE, "unit_number": HOSTILE, "status": HOSTILE}
    await post(bench, NEW_UNIT | {"data": UNIT | hostile}, ("X-Odd", "[/][@click=app.quit]x[/]"))
    async with open_inspector(width=100, height=30) as display:
        for _ in range(7):
            await display.press("l")
            await asyncio.sleep(0.1)
            shown = display.text
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
        await display.press("d", "y", "escape", "e", "escape")
        await display.shows("Delivery 1")


async def test_a_body_of_a_mebibyte_opens_without_a_stall(open_inspector: Any) -> None:
    async with open_inspector(NEW_UNIT | {"pad": ["x" * 80] * 12_000}) as display:
        longest = before = 0.0
        with Stopwatch() as clock:
            for _ in range(40):
                await asyncio.sleep(0.01)
                now = clock.seconds
                longest, before = max(longest, now - before), now
        await display.shows('"event": "data.new"')
        assert longest < 1.0
        await display.press("e")
        await display.tells("It is too large to be edited here")


def _check_private_copy(folder: Path) -> None:
    (file,) = folder.glob("meterbase-*.txt")
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["pad"] == "x" * 60_000
