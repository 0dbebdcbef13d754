"""The sample picker: what a sample leads to stands beside what was expected of it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.widgets import OptionList, TextArea

from sample_payloads.catalogue import load_catalogue
from store.reading.deliveries import read_content

if TYPE_CHECKING:
    from pathlib import Path

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


async def test_a_sample_of_ones_own_with_a_name_of_the_programs(
    bench: Any, open_display: Any, tmp_path: Path
) -> None:
    bench.runtime.settings = replace(bench.runtime.settings, samples=tmp_path)
    catalogue = load_catalogue()
    (tmp_path / "test_ping.json").write_bytes(catalogue.find("data_new_resident").body)
    async with open_display() as display:
        await open_picker(display)
        await display.shows("effect. Its name leads to one of your own")
        await display.press("1")
        await display.until(lambda: len(bench.deliveries()) == 1, "the program's is sent")
        await display.press("slash", *"test_ping", "enter", "down")
        await display.shows("test_ping, in the program's place")
        await display.shows("One of your own, from")  # how the rest is broken depends on the path
        await display.press("enter")
        await display.until(lambda: len(bench.deliveries()) == 2, "one's own is sent")
    assert {found.event for found in bench.deliveries()} == {"test.ping", "data.new"}


async def test_a_delivery_is_kept_as_a_sample_and_sent_again(
    bench: Any, open_display: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    bench.runtime.settings = replace(bench.runtime.settings, samples=folder)
    bench.post(load_catalogue().find("data_new_resident").body)
    bench.settle()
    async with open_display() as display:
        await display.shows("data.new")
        await display.press("enter")
        await display.shows("Delivery")
        await display.press("w")
        await display.shows("Keep as a sample of your own")
        await display.shows("name", "data_new_resident_1")
        await display.press(*"No Name", "enter")
        await display.shows("✗ A name has small letters")
        await display.press("ctrl+u", *"my_resident", "tab", "space")
        await display.shows("phone numbers: yes")
        await display.press("shift+tab", "enter")
        await display.tells("Kept as my_resident")
        await display.press("escape")
        await open_picker(display)
        await display.press("slash", *"my_resident", "enter", "enter")
        await display.shows("my_resident")
        await display.until(lambda: len(bench.deliveries()) == 2, "it is sent")
    kept = (folder / "my_resident.json").read_text()
    assert "res_001" in kept
    assert "John" not in kept
    assert "example.com" not in kept
    assert stat.S_IMODE((folder / "my_resident.json").stat().st_mode) == 0o600
