"""The program's log on the screen: followed, narrowed, and one entry whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from meterbase_tui.screens.log import LogScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = logging.getLogger("receiver.background.processor")


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "program.log"


@pytest.fixture
def open_log(
    open_bench: Callable[..., Any], open_display_on: Any, log_file: Path
) -> Callable[..., Any]:
    """Opens the screen's log with the file of the test's own."""

    def opened(level: str = "info") -> Any:
        return open_bench(log_file=log_file, log_level=level)

    return opened


def types(display: Any) -> bool:
    """Whether keys go into a line of text."""
    return isinstance(display.app.focused, Input)


async def open_screen(display: Any) -> LogScreen:
    await display.press("L")
    await display.until(lambda: isinstance(display.app.screen, LogScreen), "the log")
    found = display.app.screen
    assert isinstance(found, LogScreen)
    return found


async def test_it_shows_what_was_logged_and_follows(open_log: Any, open_display_on: Any) -> None:
    with open_log() as bench:
        async with open_display_on(bench, 120, 30) as display:
            await open_screen(display)
            await display.shows("· info", "The receiver has started", "version=")
            LOG.warning("The queue is %s", "long", extra={"waiting": 12})
            await display.shows("! warning", "processor", "The queue is long  waiting=12")
            # The newest on top.
            assert "The queue is long" in display.lines[2]


async def test_moving_away_pauses(open_log: Any, open_display_on: Any) -> None:
    with open_log() as bench:
        async with open_display_on(bench, 120, 12) as display:
            await open_screen(display)
            for number in range(30):
                LOG.info("entry %d", number)
            await display.shows("entry 29")
            await display.press("j", "j", "j")
            await display.shows("paused")
            LOG.info("entry 30")
            await display.shows("paused · 1 new · g to follow")
            assert "entry 30" not in display.text
            await display.press("g")
            await display.shows("entry 30")


async def test_it_is_narrowed_by_level_and_by_text(open_log: Any, open_display_on: Any) -> None:
    with open_log("debug") as bench:
        LOG.debug("fine")
        LOG.warning("odd \x1b[31mone")
        LOG.error("bad one")
        async with open_display_on(bench, 120, 30) as display:
            await open_screen(display)
            await display.shows("fine")
            await display.press("l", "l")
            await display.until(lambda: "fine" not in display.text, "what is fine is left out")
            await display.shows("warning and graver")
            await display.shows("odd \\x1b[31mone")
            await display.press("l")
            await display.until(lambda: "odd" not in display.text, "warnings are left out")
            await display.shows("bad one")
            await display.press("l")
            await display.shows("fine")
            await display.press("slash")
            await display.until(lambda: types(display), "the line has the focus")
            await display.press(*"ODD")
            await display.until(lambda: "bad one" not in display.text, "others are left out")
            await display.shows("odd")
            await display.press("enter")
            await display.until(lambda: not types(display), "the entries have the focus")
            await display.press("escape")
            await display.shows("bad one")
            await display.press("escape")
            await display.until(lambda: not isinstance(display.app.screen, LogScreen), "it closed")


async def test_an_entry_is_shown_whole_with_its_traceback(
    open_log: Any, open_display_on: Any
) -> None:
    with open_log() as bench:
        try:
            int("no number")
        except ValueError:
            LOG.exception("It could not be processed")
        async with open_display_on(bench, 120, 30) as display:
            await open_screen(display)
            await display.shows("✗ error", "ValueError: invalid literal")
            await display.press("g", "enter")
            await display.shows('int("no number")')
            await display.press("escape")
            assert isinstance(display.app.screen, LogScreen)


async def test_what_matches_nothing_says_so(open_log: Any, open_display_on: Any) -> None:
    with open_log() as bench:
        async with open_display_on(bench, 100, 24) as display:
            await open_screen(display)
            await display.shows("The receiver has started")
            await display.press("l", "l", "l")
            await display.shows("Nothing in the log matches")


async def test_an_empty_log_says_where_its_file_is(
    open_log: Any, open_display_on: Any, log_file: Path
) -> None:
    with open_log("error") as bench:
        async with open_display_on(bench, 200, 24) as display:
            await open_screen(display)
            await display.shows("Nothing is in the log yet")
            await display.shows(str(log_file))
