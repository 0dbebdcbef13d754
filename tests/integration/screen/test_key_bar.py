"""The keys at the bottom are never cut, and the ways out of a screen are always among them."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.key_bar import KeyBar, choose_keys
from tests.integration.screen.test_keys import filled, opened, start_over

__all__ = ["filled"]  # a fixture that is the same here
WIDTHS = (80, 40)
BOARD, OTHER = ("q Quit", "? Help"), ("esc Back", "? Help")
SCREENS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "the dashboard": ((), BOARD),
    "with rows marked": (("j", "space", "space"), ("esc Clear", *BOARD)),
    "the inspector": (("j", "enter"), OTHER),
    "an edited payload": (("j", "enter", "e"), ("esc Back",)),
    "what differs": (("g", "enter", "d"), OTHER),
    "properties": (("o",), OTHER),
    "notifications": (("o", "left"), OTHER),
    "the log": (("L",), OTHER),
}


def shows_all(display: Any, width: int, words: tuple[str, ...]) -> bool:
    """Whether the last line has the words, and all of every key that is in it."""
    line = display.lines[-1]
    if len(line) != width:
        return False  # it is laid out for another width yet
    bars = display.app.screen.query(KeyBar)
    keys = [
        f"{key.key_display} {key.description}" for bar in bars for key in bar.displayed_children
    ]
    return (
        bool(keys)
        and all(word in line for word in words)
        and line.split() == " ".join(keys).split()
    )


async def test_the_keys_of_every_screen_fit(filled: Any) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        widths = WIDTHS
        for name, (keys, words) in SCREENS.items():
            await start_over(display)
            await display.press(*keys)
            widths = widths[::-1]  # one begins as wide as the one before it ended
            for width in widths:
                await display._pilot.resize_terminal(width, 24)
                fit = partial(shows_all, display, width, words)
                await display.until(fit, f"the keys of {name} at {width}")


async def test_with_rows_marked_the_least_needed_give_way(filled: Any) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("c Check", "o Records", "q Quit", "? Help")
        await display.press("j", "space")
        line = await display.shows("r Replay", "esc Clear", "o Records", "q Quit", "? Help")
        assert "c Check" not in line
        await display.press("escape")
        await display.shows("c Check", "o Records", "q Quit", "? Help")
        await start_over(display)


async def test_they_stand_further_apart_where_there_is_room(filled: Any) -> None:
    async with opened(filled, 80, 24) as display:
        assert (await display.shows("⏎ Open s Samples r Replay")).startswith("⏎")
        await display._pilot.resize_terminal(120, 24)
        assert (await display.shows("⏎ Open  s Samples  r Replay")).startswith(" ⏎")
        await display._pilot.resize_terminal(80, 24)
        await display.shows("⏎ Open s Samples r Replay")


async def test_keys_with_long_names_make_others_give_way(filled: Any) -> None:
    keys = {"samples.pick": "ctrl+shift+f5", "delivery.replay": "ctrl+shift+f6"}
    async with opened(filled, 80, 24, keys=keys) as display:
        line = await display.shows("q Quit", "? Help")
        assert "f5 Samples" in line
        assert shows_all(display, 80, BOARD)
        assert "c Check" not in line


WORDS = st.dictionaries(st.sampled_from([*"abcdefgh", "quit", "help"]), st.integers(2, 20))


@given(WORDS, st.integers(0, 120), st.lists(st.sampled_from([*"abcdefgh", "quit"]), unique=True))
def test_no_more_is_left_out_than_has_to_be(
    words: dict[str, int], room: int, first_to_go: list[str]
) -> None:
    shown = choose_keys(words, room, first_to_go)
    ways_out = words.keys() & {"quit", "help"}
    assert ways_out <= shown <= words.keys()
    taken = sum(words[action] + 2 for action in shown) - 1
    assert taken <= room or shown == ways_out
    gone = words.keys() - shown
    if gone:
        # The one that went last would not have fitted.
        order = [each for each in first_to_go if each in gone]
        order += [each for each in reversed(words) if each in gone and each not in first_to_go]
        assert taken + words[order[-1]] + 2 > room


async def test_the_key_that_opens_a_record_is_told_where_there_is_one(filled: Any) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        await display.press("o")
        await display.shows("⏎ Open", "l Link", "A Register", "esc Back", "? Help")
        await display.press("right")
        await display.shows("→ Next tab", "A Register", "esc Back")
        assert "⏎ Open" not in display.lines[-1]
        await display.press("right")
        await display.shows("⏎ Open", "→ Next tab")
        await display.press("enter")
        await display.shows("newest first")
