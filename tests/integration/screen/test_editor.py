"""The editor of a payload, driven as a person drives it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.widgets import TextArea
from textual.widgets._toast import Toast

from meterbase_tui.screens.editor import Draft, PayloadEditor
from meterbase_tui.terminal.themes import CONTRAST, DARK, LIGHT
from store.reading.deliveries import read_content
from tests.integration.screen.legibility import expect_legible
from tests.integration.screen.webhooks import NEW_UNIT, UNIT, post

if TYPE_CHECKING:
    from tests.integration.screen.conftest import Display

SIZES = ((80, 24), (160, 45))
#: What moves the cursor, turns the direction, ends a line for Python, and is not seen at all.
UNSEEN = "\x9b2J\u202egnp\u2028\u200b\U000e0041\x7f\x85"
SPELLED = "\\u009b2J\\u202egnp\\u2028\\u200b\\udb40\\udc41\\u007f\\u0085"


async def open_editor(display: Display) -> TextArea:
    await display.shows("data.")
    await display.press("enter")
    await display.shows("Delivery 1")
    await display.press("e")
    await display.shows("Edit delivery 1")
    await display.shows("byte for byte as it came")
    return display.app.screen.query_one(TextArea)


def last_line(display: Display) -> str:
    """What stands right above the keys."""
    return display.lines[-2].rstrip()


@pytest.mark.parametrize("size", SIZES, ids=["80", "160"])
async def test_one_line_says_what_matters_first_and_where_the_cursor_is(
    bench: Any, open_display: Any, size: tuple[int, int]
) -> None:
    await post(bench, NEW_UNIT)
    terms = {"current_lease": {"occupant_count": "three"}}
    async with open_display(*size) as display:
        area = await open_editor(display)
        for text, words in (
            (area.text, "✓ byte for byte as it came; the old signature counts as before"),
            (
                json.dumps(NEW_UNIT, indent=2),
                "✓ only the layout differs; the old signature came with other bytes",
            ),
            (
                json.dumps(NEW_UNIT | {"data": UNIT | {"sqft": 1}}),
                "✓ 1 changed; the old signature came with other bytes",
            ),
            (
                json.dumps(NEW_UNIT | {"data": UNIT | terms}),
                '! line 1: occupant_count has to be an integer or null, and is "three".',
            ),
            ("{", "✗ no JSON at 1:2: expecting property name enclosed in double quotes"),
        ):
            area.text = text
            await display.until(lambda words=words: words in last_line(display), words)
            assert last_line(display).endswith("  1:1")
        area.text = json.dumps(NEW_UNIT | {"data": UNIT | {"status": ["occupied"] * 30}})
        await display.shows("! line 1: status has to be a string or null, and is", "…", "  1:1")
        area.text = '{\n  "a": 1\n}'
        await display.press("down", "end")
        await display.until(lambda: last_line(display).endswith("  2:9"), "the place")


@pytest.mark.parametrize("size", SIZES, ids=["80", "160"])
async def test_what_is_not_sent_is_told_above_the_line_that_says_why(
    bench: Any, open_display: Any, size: tuple[int, int]
) -> None:
    await post(bench, NEW_UNIT)
    async with open_display(*size) as display:
        area = await open_editor(display)
        area.text = '{\n  "event": oops\n}'
        await display.press("ctrl+s")
        await display.tells("Nothing was sent.")
        toast = await display.until(
            lambda: next((each for each in display.app.screen.query(Toast) if each.region), None),
            "the message",
        )
        line = display.app.screen.query_one("#editor-line").region
        assert toast.region.bottom <= line.y
        why = "✗ no JSON at 2:12: expecting value"
        assert last_line(display).strip().startswith(why)
        assert why not in toast._notification.message
        assert area.cursor_location == (1, 11)
    assert len(bench.deliveries()) == 1


async def test_what_cannot_be_seen_is_spelled_and_never_reaches_the_terminal(
    bench: Any, open_display: Any
) -> None:
    body = json.dumps(NEW_UNIT | {"data": UNIT | {"status": UNSEEN}}, ensure_ascii=False).encode()
    assert b"\xc2\x9b2J" in body
    bench.post(body)
    async with open_display(80, 24) as display:
        area = await open_editor(display)
        await display.shows(SPELLED[:20])
        assert not set(UNSEEN) - set("2Jgnp") & set(display.text)
        await display.press("ctrl+t")
        await display.tells("Edited 1: 200")
        await display.press("e")
        await display.shows("Edit delivery 1")
        area = display.app.screen.query_one(TextArea)
        await display.press("ctrl+l")
        await display.shows("only the layout differs")
        assert SPELLED in area.text
        await display.press("ctrl+s")
        await display.tells("Edited 1: 200")
    sent = [bench.read(read_content, number).body for number in (1, 2, 3)]
    assert sent[0] == sent[1] == body
    assert json.loads(sent[2])["data"] == json.loads(body)["data"]


async def test_what_is_pasted_is_spelled_too_and_can_be_taken_back(
    bench: Any, open_display: Any
) -> None:
    await post(bench, NEW_UNIT)
    async with open_display(80, 24) as display:
        area = await open_editor(display)
        before = area.text
        display.app.post_message(events.Paste(f'"{UNSEEN}"'))
        await display.until(lambda: SPELLED in area.text, "what was pasted")
        assert not set(UNSEEN) - set("2Jgnp") & set(display.text)
        await display.press("ctrl+z")
        await display.shows("✓ byte for byte as it came")
        assert area.text == before


async def test_what_was_typed_is_not_given_up_unasked(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    async with open_display(80, 24) as display:
        area = await open_editor(display)
        await display.press("x", "escape")
        await display.shows("What you edited was not sent")
        await display.press("escape")
        await display.hides("What you edited was not sent")
        assert area.text.startswith("x{")
        await display.press("ctrl+z", "escape")
        await display.shows("Delivery 1")
        await display.press("e", "x", "escape")
        await display.shows("What you edited was not sent")
        await display.press("enter")
        await display.shows("Delivery 1")
    assert len(bench.deliveries()) == 1


async def test_what_could_not_be_sent_stays_to_be_sent_again(open_display: Any) -> None:
    tried = []

    async def send(body: bytes, sign: bool) -> bool:
        tried.append((body, sign))
        return len(tried) > 1

    async with open_display(80, 24) as display:
        await display.shows("Incoming events")
        editor = PayloadEditor(display.app.screen._desk, Draft("a draft", b'{"a": 1}', send))
        await display.app.push_screen(editor)
        await display.shows("Edit a draft")
        await display.press("delete", "left_curly_bracket", "ctrl+s")
        await display.until(lambda: len(tried) == 1, "a try")
        await display.shows("Edit a draft")
        await display.press("ctrl+s")
        await display.shows("Incoming events")
    assert tried == [(b'{"a": 1}', True)] * 2


async def test_a_key_that_is_pressed_twice_sends_once(open_display: Any) -> None:
    answered = asyncio.Event()
    tried = []

    async def send(body: bytes, sign: bool) -> bool:
        tried.append((body, sign))
        return await answered.wait()

    async with open_display(80, 24) as display:
        await display.shows("Incoming events")
        editor = PayloadEditor(display.app.screen._desk, Draft("a draft", b'{"a": 1}', send))
        await display.app.push_screen(editor)
        await display.shows("Edit a draft")
        await display.press("ctrl+s", "ctrl+s", "ctrl+t")
        answered.set()
        await display.shows("Incoming events")
    assert tried == [(b'{"a": 1}', True)]


async def test_whoever_leaves_while_it_is_sent_is_out(open_display: Any) -> None:
    answered = asyncio.Event()

    async def send(body: bytes, sign: bool) -> bool:
        return await answered.wait()

    async with open_display(80, 24) as display:
        await display.shows("Incoming events")
        editor = PayloadEditor(display.app.screen._desk, Draft("a draft", b'{"a": 1}', send))
        await display.app.push_screen(editor)
        await display.shows("Edit a draft")
        await display.press("space", "ctrl+s", "escape")
        await display.shows("Incoming events")
        answered.set()
        await display.press("o")
        await display.shows("Records")
        await display.press("escape")
        await display.shows("Incoming events")


async def test_the_tokens_have_the_colours_of_the_inspector(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    async with open_display(80, 24) as display:
        looked_at = await colours_of(display, enter=True)
        await display.press("e", "ctrl+l")
        await display.shows("only the layout differs")
        await display.press(*["down"] * 9)  # the line of the cursor has them too
        edited = await colours_of(display)
        assert {name: edited[name] for name in looked_at} == looked_at
        assert len(set(looked_at.values())) == len(looked_at)
        for theme in (LIGHT, CONTRAST, DARK):
            display.app.theme = theme.name
            await display.until(lambda: True, "the theme")
            expect_legible(display, theme)


async def colours_of(display: Display, *, enter: bool = False) -> dict[str, str]:
    """The colours of a field's name, a text and a number of the payload, as they are drawn."""
    if enter:
        await display.shows("data.")
        await display.press("enter")
    await display.shows('"sqft": 950')
    found: dict[str, str] = {}
    for strip in display.app.screen._compositor.render_strips():
        for segment in strip:
            for name in ('"sqft"', '"305"', "950"):
                if segment.text.strip(" ,") == name and segment.style and segment.style.color:
                    found[name] = str(segment.style.color.triplet)
    return found
