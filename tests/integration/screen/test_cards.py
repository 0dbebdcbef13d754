"""Cards of which there is more than a terminal has room for: the rest is reached by the keys."""

from __future__ import annotations

from typing import Any

from meterbase_tui.screens.check_card import CheckCard
from meterbase_tui.screens.propexo_setup import PropexoSetup
from receiver.checks import Check, CheckName, CheckStatus


async def test_a_long_check_scrolls_to_its_cure(open_display: Any) -> None:
    words = " ".join(f"word{number}" for number in range(200))
    check = Check(CheckName.STORE, CheckStatus.FAIL, words, "The very end of the cure.")
    async with open_display(80, 24) as display:
        await display.app.push_screen(CheckCard(check))
        await display.shows("word0 word1")
        assert "the cure" not in display.text
        await display.press("end")
        await display.shows("→ The very end of the cure.")


async def test_the_last_step_is_reached_in_a_small_terminal(open_display: Any) -> None:
    async with open_display(60, 14) as display:
        await display.app.push_screen(PropexoSetup(display.app._desk.describe_setup()))
        await display.shows("1 In Propexo's dashboard")
        await display.press("end")
        await display.shows("5 Click Test")
