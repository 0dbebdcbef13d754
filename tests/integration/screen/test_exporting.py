"""Chosen deliveries go into a file by one key, masked or not, and never over another file."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.screen.residents import NAME, UNIT, lease, personal
from tests.integration.screen.webhooks import post

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.screen.conftest import Display


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of the program."""
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
async def filled(bench: Any) -> Any:
    await post(bench, UNIT)
    await post(bench, lease(1, "Ada Lovelace"))
    await post(bench, lease(2, NAME))
    await asyncio.to_thread(bench.settle)
    return bench


def ids_in(path: Path) -> list[int | None]:
    return [json.loads(line).get("id") for line in path.read_text().splitlines()]


async def name_it(display: Display, name: str) -> None:
    await display.press("ctrl+u", *name)


@pytest.mark.usefixtures("filled")
async def test_the_delivery_under_the_cursor_is_exported(open_display: Any, folder: Path) -> None:
    async with open_display() as display:
        await display.shows("data.update", "lease")
        await display.press("E")
        await display.shows("Export 1 delivery")
        await display.shows("file", "delivery-3.jsonl")
        await display.shows("names", "no")
        await display.press("enter")
        await display.tells("Exported 1 delivery (")
        path = folder / "delivery-3.jsonl"
        await display.tells(f"It is in {path}")
    assert ids_in(path) == [None, 3]
    assert NAME in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("filled")
async def test_marked_ones_go_into_one_file_and_the_ending_makes_it_har(
    open_display: Any, folder: Path
) -> None:
    async with open_display() as display:
        await display.shows("data.update", "lease")
        await display.press("j", "space", "j", "space")
        await display.shows("2 marked")
        await display.press("E")
        await display.shows("file", "deliveries-1-to-3.jsonl")
        await name_it(display, "mine.har")
        await display.shows("HAR 1.2, for browsers")
        await display.press("enter")
        await display.tells("Exported 2 deliveries (")
        await display.until(lambda: "marked" not in display.text, "the marks are taken away")
    entries = json.loads((folder / "mine.har").read_text())["log"]["entries"]
    assert [entry["_delivery_id"] for entry in entries] == [1, 3]


@pytest.mark.usefixtures("filled")
async def test_what_is_masked_on_the_screen_is_masked_in_the_file(
    open_display: Any, folder: Path
) -> None:
    async with open_display() as display:
        await display.shows("data.update", "lease")
        await display.press("P", "enter")
        await display.shows("Delivery 3", "▒ masked")
        await display.press("E")
        await display.shows("e-mail addresses", "yes")
        await display.shows("cannot be imported")
        await display.press("enter")
        await display.tells("masked")
        await display.tells("It is in")
    text = (folder / "delivery-3.jsonl").read_text()
    assert json.loads(text.splitlines()[0])["redacted"] is True
    assert not personal(text)


@pytest.mark.usefixtures("filled")
async def test_a_file_that_is_there_is_not_lost_without_asking(
    open_display: Any, folder: Path
) -> None:
    path = folder / "delivery-3.jsonl"
    path.write_text("mine")
    async with open_display() as display:
        await display.shows("data.update", "lease")
        await display.press("E")
        await display.shows("Export 1 delivery")
        await display.press("enter")
        await display.shows("Are you sure?")
        await display.shows("What is in it will be lost")
        await display.press("escape")
        await display.shows("It was left as it is")
        assert path.read_text() == "mine"
        await display.press("enter")
        await display.shows("Are you sure?")
        await display.press("enter")
        await display.tells("Exported 1 delivery (")
    assert ids_in(path) == [None, 3]


@pytest.mark.usefixtures("filled")
async def test_a_file_that_cannot_be_written_is_asked_for_again(
    open_display: Any, folder: Path
) -> None:
    async with open_display() as display:
        await display.shows("data.update", "lease")
        await display.press("j", "space", "E")
        await display.shows("Export 1 delivery")
        for name, why in (
            ("no/such.har", "No such file or directory"),
            ("..", "Is a directory"),
            ("", "Write the name of a file"),
        ):
            await name_it(display, name)
            await display.press("enter")
            await display.shows("✗", why)
        await display.press("escape")
        await display.shows("1 marked")
    assert os.listdir(folder) == []  # noqa: PTH208 - it is said of a path's own in async code
