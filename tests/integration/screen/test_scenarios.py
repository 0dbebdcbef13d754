"""Scenarios played from the screen: asked first, watched, held against the store, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.connections import list_properties, register_connection
from store.records import PropertyState

if TYPE_CHECKING:
    from tests.integration.screen.conftest import Display


async def choose(display: Display, name: str) -> None:
    """Opens the scenarios, and goes down to one."""
    await display.press("S")
    await display.shows("─ Play Propexo ─")
    for _ in range(20):
        if name in display.text:
            return
        await display.press("j")
    raise AssertionError(f"{name} is not there\n{display.text}")


async def test_it_is_played_and_held_against_the_store(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await choose(display, "wrong_secret_then_right")
        await display.press("enter")
        await display.shows("✓ Everything came as the scenario expects.")
        await display.shows("✓ given up", "1")
        await display.shows("refused", "1")
        await display.shows("100%")
    assert {found.origin for found in bench.deliveries()} == {"sample"}
    assert {found.verdict for found in bench.deliveries()} == {"valid", "invalid"}


async def test_nothing_is_registered_without_asking(bench: Any, open_display: Any) -> None:
    def linked() -> set[str]:
        found = bench.read(list_properties, state=PropertyState.LINKED)
        return {each.property_id for each in found}

    before = linked()
    async with open_display() as display:
        await choose(display, "first_import")
        await display.press("enter")
        await display.shows("Are you sure?")
        await display.press("escape")
        await display.shows("enter play")
        assert linked() == before
        assert bench.deliveries() == []
        await display.press("enter")
        await display.shows("Are you sure?")
        await display.press("enter")
        await display.shows("step 1 of 2: import", "of 2,201 webhooks")
        await display.until(lambda: len(bench.deliveries()) > 5, "webhooks come")
        assert len(linked()) == len(before) + 25
        await display.press("escape")
        await display.shows("It was stopped, so nothing was compared")
        await display.shows("not sent")


async def test_what_came_otherwise_is_named(bench: Any, open_display: Any) -> None:
    bench.write(register_connection, "conn_nobody_registered", None)
    async with open_display() as display:
        await choose(display, "unknown_connection")
        await display.press("enter")
        await display.shows("of", "came otherwise than the scenario expects")
        await display.shows("✗ events · ignored · unknown connection", "7", "0")


async def test_the_speed_is_ten_times_more_or_less(open_display: Any) -> None:
    async with open_display() as display:
        await choose(display, "duplicate_storm")
        await display.shows("speed 600:", "100 ms")
        await display.press("plus")
        await display.shows("speed 6,000:", "10.0 ms")
        await display.press("minus", "minus", "minus")
        await display.shows("speed 6:", "10.0 s")
        await display.press("minus")
        await display.shows("speed 1:", "as long as Propexo does")
