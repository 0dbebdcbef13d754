"""People's data is put wherever a sender can put a text; masked, no screen has any of it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.screens.dashboard import Dashboard
from receiver.checks import Check, CheckName, CheckStatus
from receiver.judging.signing import sign
from tests.integration.screen.residents import MAIL, NAME
from tests.integration.screen.test_masking import TABS
from tests.integration.screen.webhooks import post

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from tests.integration.screen.conftest import Display

PHONE = "555-867-5309"
EVERY = f"{NAME} {MAIL} {PHONE}"


def event(resource_type: str, second: int, **data: Any) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": f"2026-03-26T10:00:{second:02}Z",
        "connection_id": "conn_abc123",
        "resource_type": resource_type,
        "data": {"property_id": "prop_001"} | data,
    }


BODIES = (
    event("resident", 1, id="res_1", name=NAME, email=MAIL, phone=PHONE, unit_id="unit_1"),
    event("unit", 2, id="unit_1", unit_number=EVERY, status="vacant", sqft=900),
    event("unit", 3, id="unit_1", unit_number=EVERY, status=EVERY, sqft=950),
    event("unit", 4, id=EVERY, unit_number="7", status="occupied"),
    event("lease", 5, id="lease_1", unit_id="unit_1", resident_name=NAME, status=EVERY,
          start_date="2026-01-01", remark=EVERY),
    event("property", 6, id="prop_new", name=EVERY, address=EVERY) | {"event": "data.new"},
    event(EVERY, 7, id="x"),
    event("unit", 8, id="u", unit_number="8") | {"connection_id": EVERY},
    event("unit", 9, id="u", unit_number="8") | {"event": EVERY},
)  # fmt: skip


@pytest.fixture
async def told(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store into which people's data came by every way that there is."""

    async def check(_: Desk) -> tuple[Check, ...]:
        return (Check(CheckName.CONNECTIONS, CheckStatus.FAIL, EVERY, EVERY),)

    for body in BODIES:
        await post(bench, body, ("X-About", EVERY))
    # The header of the signature is quoted where the cause is told.
    data = json.dumps(BODIES[0]).encode()
    for signature in (EVERY, f"{sign(bench.secret, data)} {EVERY}", "test_signature"):
        await asyncio.to_thread(bench.post, data, ("User-Agent", EVERY), signature=signature)
    path = f"/{EVERY}".replace(" ", "%20") + f"?{MAIL}&{PHONE}"
    await asyncio.to_thread(bench.post, data, path=path)
    await asyncio.to_thread(bench.settle)
    monkeypatch.setattr("meterbase_tui.desk.Desk.check", check)
    return bench


def personal(text: str) -> list[str]:
    """What of a text is people's."""
    flat = text.casefold()
    return [word for word in ("zebulon quux", "zebulon%20quux", "zq@", "867-5309") if word in flat]


async def calm(display: Display) -> None:
    """Waits until the screen no longer changes, and takes messages away."""
    before = ""
    display.app.clear_notifications()
    while before != display.text:
        before = display.text
        await display._pilot.pause(0.25)


PLACES: dict[str, tuple[str, ...]] = {
    "the dashboard": (),
    "failures": ("2", "j", "j"),
    "changes": ("3", "j"),
    "a check": ("4", "j", "enter"),
    "causes": ("C",),
    "the search for a name": ("slash", *"Zebulon Quux", "enter"),
    "marked ones to be replayed": ("j", *["space"] * 13, "r"),
    "records": ("o",),
    "connections": ("o", "right"),
    "units": ("o", "right", "right"),
    "leases": ("o", *["right"] * 3),
    "residents": ("o", *["right"] * 4),
    "the bill": ("o", "left", "left"),
    "notifications": ("o", "left"),
    "a unit's history": ("o", "right", "right", "enter"),
    "an export": ("j", "E"),
    "a sample to keep": ("enter", "w"),
}


async def go_home(display: Display) -> None:
    """Back to the dashboard, without a filter and without marks."""
    screen = display.app.screen
    while not isinstance(screen, Dashboard) or screen.check_action("clear", ()):
        await display.press("escape")
        await display._pilot.pause()
        screen = display.app.screen


async def test_no_place_of_the_screen_names_people(told: Any, open_display: Any) -> None:
    async with open_display(200, 50) as display:
        await display.shows("Incoming events")
        # So that there is something to find in what follows.
        await display.until(lambda: len(personal(display.text)) >= 2, "people on the dashboard")
        for place in ("a check", "records", "units", "leases", "residents", "notifications"):
            await display.press(*PLACES[place])
            await display.until(lambda: personal(display.text), place)
            await go_home(display)
        await display.press("P")
        await display.until(lambda: not personal(display.text), "masked")
        for place, keys in PLACES.items():
            await display.press(*keys)
            await calm(display)
            assert not personal(display.text), f"{place}\n{display.text}"
            await go_home(display)
        await display.press("P")
        await display.until(lambda: personal(display.text), "shown again")


async def test_every_delivery_is_masked_on_every_tab(told: Any, open_display: Any) -> None:
    async with open_display(200, 50) as display:
        await display.until(lambda: personal(display.text), "people on the dashboard")
        await display.press("P", "enter")
        await display.shows("Delivery", "▒ masked")
        # The tabs of all deliveries, one after the other: the tab stays, the delivery changes.
        for _ in TABS:
            await calm(display)
            assert not personal(display.text), display.text
            await display.press("J")
            await display.press("l")
