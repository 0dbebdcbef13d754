"""The sample picker: what a sample leads to stands beside what was expected of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from textual.widgets import OptionList, TextArea

from store.deliveries import read_content

if TYPE_CHECKING:
    from tests.integration.screen.conftest import Display


async def open_picker(display: Display) -> None:
    await display.press("s")
    await display.shows("─ Send a sample ─")


async def test_what_came_stands_beside_what_was_expected(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await open_picker(display)
        await display.press("j")
        await display.shows("· event", "processed · created")
        await display.press("enter")
        await display.shows("✓ event", "processed · created")
        # The same unit once more is an update: not what a new store would make of it.
        await display.press("enter")
        await display.shows("≠ event", "processed · created")
        await display.shows("came", "processed · unchanged")
    assert [found.origin for found in bench.deliveries()] == ["sample", "sample"]


async def test_p_sends_what_a_sample_builds_on_first(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await open_picker(display)
        await display.press(*"5")
        await display.shows("Move-out", "data_update_unit_move_out")
        await display.shows("≠ changes")
        await display.press("p")
        await display.shows("✓ changes", "lease, occupant_count, status")
    events = [event.event for event in bench.settle()]
    assert events == ["data.update", "data.new", "data.update", "data.update"]


async def test_the_answer_of_one_that_is_refused_is_compared(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await open_picker(display)
        await display.press("slash", *"key twice", "enter", "enter")
        await display.shows("✓ answer", "400")
    assert [found.status for found in bench.deliveries()] == [400]


async def test_a_word_narrows_the_list_and_escape_shows_all(open_display: Any) -> None:
    async with open_display() as display:
        await open_picker(display)
        await display.press("slash", *"future lease")
        await display.shows("2/56")
        names = [option.id for option in display.app.screen.query_one(OptionList).options]
        assert names == [None, "data_new_lease_future", "data_update_lease_cancelled"]
        await display.press("escape")
        await display.shows("1", "The Test button")


async def test_an_edited_sample_is_signed_and_sent(bench: Any, open_display: Any) -> None:
    async with open_display() as display:
        await open_picker(display)
        await display.press("j", "e")
        await display.shows("Edit", "A new unit")
        area = display.app.screen.query_one(TextArea)
        area.text = area.text.replace('"305"', '"999"')
        await display.press("ctrl+s")
        await display.tells("A new unit, edited: 200")
        await display.press("e")
        await display.shows("Edit", "A new unit")
        area = display.app.screen.query_one(TextArea)
        area.text = area.text.replace('"305"', '"998"')
        await display.press("ctrl+t")
        await display.tells("A new unit, edited: 401")
    first, second = bench.deliveries()
    assert (first.origin, first.verdict) == ("sample", "valid")
    assert (second.origin, second.verdict) == ("sample", "invalid")
    sent = json.loads(bench.read(read_content, first.id).body)
    assert sent["data"]["unit_number"] == "999"
    assert sent["timestamp"] != "2026-03-25T14:30:00Z"
