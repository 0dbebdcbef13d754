"""Where a message stands: never on what says which keys there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.integration.screen.webhooks import NEW_UNIT, post

if TYPE_CHECKING:
    from tests.integration.screen.conftest import Display

_LONG = "The delivery was sent again, and this says at length what became of it. " * 2
_CARDS = ("s", "slash", "w")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_message_covers_no_keys_of_a_card(
    bench: Any, open_display: Any, size: tuple[int, int]
) -> None:
    await post(bench, NEW_UNIT, signature=None)
    async with open_display(*size) as display:
        await display.shows("missing header")
        for key in _CARDS:
            tell(display, f"Before {key}. {_LONG}")
            await display.press(key)
            await expect_apart(display, f"Before {key}")
            tell(display, f"Within {key}. {_LONG}")
            await expect_apart(display, f"Within {key}")
            await display.press("escape")
            await display.until(lambda: len(display.app.screen_stack) == 1, "closed")


async def test_messages_stand_in_one_place_one_after_the_other(open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await display.press("f")
        for number in range(4):
            tell(display, f"Message {number}.")
            await display.shows(f"Message {number}.")
            assert f"Message {number}." in display.lines[0]


def tell(display: Display, words: str) -> None:
    """Shows a message, as whatever ends in the background does."""
    desk = display.app._desk
    assert desk is not None
    desk.tell(display.app, words)


async def expect_apart(display: Display, words: str) -> None:
    """Waits until a card and a message are seen, and sees that the card's keys are too."""
    await display.until(lambda: len(display.app.screen_stack) > 1 and words in display.text, words)
    screen = display.app.screen
    (card,) = (found for found in screen.query("*").results(Widget) if found.border_subtitle)
    keys = Region(card.region.x, card.region.bottom - 1, card.region.width, 1)
    (toast,) = screen.query("Toast")
    assert not toast.region.overlaps(keys), display.text
    assert "esc back" in display.lines[keys.y]
