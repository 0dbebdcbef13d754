"""The view of a payload in a running app."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult

from meterbase_tui.widgets.json_view import JsonView
from meterbase_tui.widgets.sheet import View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

SMALL = b'{"event":"data.update","data":{"id":"unit_4b","sqft":950.0,"sqft":9.5e2}}'


class ViewApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.json_view = JsonView()
        self.laid_out: list[tuple[str | None, int]] = []
        self.searched: list[tuple[str, int, int]] = []

    def compose(self) -> ComposeResult:
        yield self.json_view

    def on_json_view_laid_out(self, message: JsonView.LaidOut) -> None:
        self.laid_out.append((message.problem, message.missing))

    def on_json_view_searched(self, message: JsonView.Searched) -> None:
        self.searched.append((message.term, message.current, message.total))


@asynccontextmanager
async def running(
    body: bytes, size: tuple[int, int] = (60, 12)
) -> AsyncIterator[tuple[ViewApp, JsonView, Pilot[None]]]:
    app = ViewApp()
    async with app.run_test(size=size) as pilot:
        app.json_view.focus()
        app.json_view.show(body)
        await settled(app, pilot)
        yield app, app.json_view, pilot


async def settled(app: ViewApp, pilot: Pilot[None]) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


def screen(view: JsonView) -> list[str]:
    lines = [view.render_line(y).text for y in range(view.size.height)]
    return [line.rstrip("┃│").rstrip() for line in lines]


async def test_json_is_shown_as_it_was_sent_in_lines_and_colours() -> None:
    async with running(SMALL) as (app, view, _pilot):
        assert screen(view)[:8] == [
            "  {",
            '    "event": "data.update",',
            '    "data": {',
            '      "id": "unit_4b",',
            '      "sqft": 950.0,',
            '      "sqft": 9.5e2',
            "    }",
            "  }",
        ]
        styles = {s.text: s.style for s in view.render_line(4) if s.text.strip()}
        colours = {text: style.color for text, style in styles.items() if style}
        assert len({colours['"sqft"'], colours["950.0"], colours[","]}) == 3
        assert app.laid_out == [(None, 0)]


async def test_the_views_go_round() -> None:
    async with running(SMALL) as (_, view, pilot):
        await pilot.press("v")
        assert view.view is View.RAW
        assert screen(view)[:2] == [
            '  {"event":"data.update","data":{"id":"unit_4b","sqft":95',
            '↪   0.0,"sqft":9.5e2}}',
        ]
        await pilot.press("v")
        assert screen(view)[0].startswith("  00000000  7b 22 65 76 65 6e 74 22  ")
        await pilot.press("v")
        assert screen(view)[0] == "  {"


async def test_the_rest_of_a_large_payload_comes_on_demand() -> None:
    values = list(range(100_000, 140_000))
    body = json.dumps(values).encode()
    async with running(body) as (app, view, pilot):
        problem, missing = app.laid_out[-1]
        assert problem is None
        assert missing >= len(body) - 65536
        await pilot.press("G")
        assert "Press a to show the rest." in "".join(screen(view))
        assert f"{missing / 1024:.1f} KiB more" in "".join(screen(view))
        before = screen(view)[0]
        await pilot.press("a")
        await settled(app, pilot)
        assert app.laid_out[-1] == (None, 0)
        assert screen(view)[0] == before
        await pilot.press("G")
        assert screen(view)[-2:] == ["    139999", "  ]"]
        assert view.line_count == len(values) + 2
        # Nothing is left: the key has no meaning, and does no harm.
        await pilot.press("a")
        assert len(app.laid_out) == 2


async def test_a_payload_of_a_mebibyte_is_shown_whole() -> None:
    body = b'{"a": "' + "漢字 ".encode() * 149_795 + b'"}'
    assert len(body) <= 1 << 20
    async with running(body) as (app, view, pilot):
        await pilot.press("a")
        await settled(app, pilot)
        await pilot.press("G")
        assert screen(view)[-1] == "  }"
        assert screen(view)[-2].endswith('"')


async def test_another_payload_replaces_one_that_is_still_being_laid_out() -> None:
    async with running(json.dumps(list(range(100_000))).encode()) as (app, view, pilot):
        view.action_rest()
        view.show(b'"next"')
        await settled(app, pilot)
        assert screen(view)[0] == '  "next"'
        assert view.line_count == 1


async def test_a_payload_shown_before_there_is_a_screen_is_there_with_it() -> None:
    app = ViewApp()
    app.json_view.show(b"[1]")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert screen(app.json_view)[:3] == ["  [", "    1", "  ]"]


async def test_before_a_payload_there_is_nothing() -> None:
    app = ViewApp()
    async with app.run_test() as pilot:
        await pilot.press("j", "G", "v", "n", "a")
        assert "".join(screen(app.json_view)) == ""
        app.json_view.show(b"")
        await pilot.pause()
        assert screen(app.json_view)[0] == "  No body."


async def test_a_search_goes_to_its_matches_and_says_which_it_is_at() -> None:
    body = json.dumps([{"id": f"unit_{i}", "ok": i % 50 == 0} for i in range(300)]).encode()
    async with running(body) as (app, view, pilot):
        assert view.search("true") == 6
        await pilot.pause()
        assert app.searched[-1] == ("true", 1, 6)
        assert any("true" in line for line in screen(view))
        seen = []
        for key in ("n", "n", "n", "N", "n", "n", "n", "n"):
            await pilot.press(key)
            assert any("true" in line for line in screen(view))
            seen.append(app.searched[-1][1])
        assert seen == [2, 3, 4, 3, 4, 5, 6, 1]
        assert view.search("nowhere") == 0
        await pilot.press("n")
        assert app.searched[-1] == ("nowhere", 0, 0)
        assert view.search("") == 0


async def test_matches_are_marked_and_the_current_one_more() -> None:
    async with running(b'["occupied", "vacant", "occupied"]') as (_, view, pilot):
        view.search("occupied")
        await pilot.pause()
        plain, current, other = (
            next(s.style for s in view.render_line(y) if word in s.text)
            for y, word in ((2, "vacant"), (1, "occupied"), (3, "occupied"))
        )
        assert plain is not None
        assert current is not None
        assert other is not None
        assert len({plain.bgcolor, current.bgcolor, other.bgcolor}) == 3
        # Without colours the underline remains, and the current one is bold.
        assert (plain.underline, other.underline, current.underline) == (None, True, True)
        assert (bool(other.bold), bool(current.bold)) == (False, True)


async def test_a_search_covers_what_is_loaded_later() -> None:
    body = json.dumps(["x" * 200] * 500 + ["needle"]).encode()
    async with running(body) as (app, view, pilot):
        assert view.search("needle") == 0
        await pilot.press("a")
        await settled(app, pilot)
        await pilot.press("n")
        assert app.searched[-1] == ("needle", 1, 1)
        assert any("needle" in line for line in screen(view))


async def test_a_search_in_hexadecimal_finds_bytes() -> None:
    async with running(b"\x00" * 100 + b"Maple" + b"\x00" * 100) as (_, view, pilot):
        view.view = View.HEX
        await pilot.pause()
        assert view.search("maple") == 1
        assert any("4d 61 70 6c" in line for line in screen(view))


@pytest.mark.parametrize("width", [60, 24, 12, 200])
async def test_what_is_on_top_stays_on_top_when_the_screen_changes(width: int) -> None:
    body = json.dumps([f"line {i} " + "x" * 90 for i in range(100)]).encode()
    async with running(body) as (app, view, pilot):
        while not screen(view)[0].lstrip().startswith('"line 40 '):
            view.action_step(1)
        await pilot.resize_terminal(width, 12)
        await settled(app, pilot)
        assert screen(view)[0].lstrip().startswith('"line')
        assert " 40 " in "".join(screen(view)[:3]).replace("↪", "")
        assert all(len(line) <= width for line in screen(view))


@pytest.mark.parametrize("size", [(20, 3), (3, 2), (1, 1)])
async def test_the_smallest_screen_is_no_reason_to_fall(size: tuple[int, int]) -> None:
    async with running(SMALL, size) as (app, view, pilot):
        for view_key in range(3):
            await pilot.press("j", "G", "g", "ctrl+d", "v")
            view.search("unit")
            await settled(app, pilot)
            assert len(screen(view)) == size[1], view_key


async def test_keys_move_the_window() -> None:
    body = json.dumps(list(range(100))).encode()
    async with running(body, (40, 10)) as (_, view, pilot):
        at = []
        for key in ("j", "pagedown", "ctrl+d", "k", "pageup", "ctrl+u", "G", "j", "home"):
            await pilot.press(key)
            at.append(view.first_line)
        assert at == [1, 11, 16, 15, 5, 0, 92, 92, 0]


NESTED = b'{"event":"data.update","data":{"id":"unit_4b","lease":{"name":"Ada","n":2}},"x":[1,2]}'


async def test_a_block_folds_at_the_cursor_and_unfolds() -> None:
    async with running(NESTED, (60, 20)) as (_, view, pilot):
        await pilot.press("j", "j", "z")
        assert screen(view)[:6] == [
            "  {",
            '    "event": "data.update",',
            '    "data": {…}, 2 fields',
            '    "x": [',
            "      1,",
            "      2",
        ]
        await pilot.press("enter", "j", "space")
        # Within a block, it is that block: the cursor goes to the line that opens it.
        assert screen(view)[2] == '    "data": {…}, 2 fields'
        assert view.cursor == 2
        await pilot.press("z", "g", "z")
        assert screen(view)[:2] == ["  {…} 3 fields", ""]


async def test_all_below_the_top_fold_and_unfold_one_within_the_other() -> None:
    async with running(NESTED, (60, 20)) as (_, view, pilot):
        await pilot.press("minus")
        assert screen(view)[:5] == [
            "  {",
            '    "event": "data.update",',
            '    "data": {…}, 2 fields',
            '    "x": […] 2 items',
            "  }",
        ]
        await pilot.press("j", "j", "z")
        assert screen(view)[4] == '      "lease": {…} 2 fields'
        before = view.line_count
        await pilot.press("plus")
        assert view.line_count > before
        assert screen(view)[5] == '        "name": "Ada",'


async def test_a_search_unfolds_what_it_finds_and_no_more() -> None:
    async with running(NESTED, (60, 20)) as (app, view, pilot):
        await pilot.press("minus")
        assert view.search("ada") == 1
        await pilot.pause()
        assert app.searched[-1] == ("ada", 1, 1)
        assert screen(view)[view.cursor] == '        "name": "Ada",'
        assert any(line.endswith('"x": […] 2 items') for line in screen(view))


async def test_folds_outlast_another_width_and_the_rest_but_not_another_payload() -> None:
    body = json.dumps({"head": {"a": 1}, "pad": list(range(40_000)), "tail": {"b": 2}}).encode()
    async with running(body) as (app, view, pilot):
        await pilot.press("j", "z")
        assert screen(view)[0] == '    "head": {…}, 1 field'
        await pilot.resize_terminal(40, 12)
        await settled(app, pilot)
        assert screen(view)[0] == '    "head": {…}, 1 field'
        await pilot.press("a")
        await settled(app, pilot)
        await pilot.press("minus")
        assert [line.strip() for line in screen(view)[:5]] == [
            "{",
            '"head": {…}, 1 field',
            '"pad": […], 40,000 items',
            '"tail": {…} 1 field',
            "}",
        ]
        view.show(NESTED)
        await settled(app, pilot)
        assert screen(view)[2] == '    "data": {'


async def test_a_click_on_a_block_folds_it() -> None:
    async with running(NESTED, (60, 20)) as (_, view, pilot):
        await pilot.click(JsonView, offset=(8, 2))
        assert screen(view)[2] == '    "data": {…}, 2 fields'
        await pilot.click(JsonView, offset=(8, 1))
        assert view.cursor == 1
        assert screen(view)[2] == '    "data": {…}, 2 fields'
        await pilot.click(JsonView, offset=(8, 2))
        assert screen(view)[2] == '    "data": {'


async def test_the_cursor_is_seen_without_colours_and_only_where_something_folds() -> None:
    def bold(view: JsonView, y: int) -> bool:
        return any(segment.style and segment.style.bold for segment in view.render_line(y))

    async with running(NESTED, (60, 20)) as (_, view, pilot):
        assert [bold(view, y) for y in (0, 1)] == [True, False]
        await pilot.press("j")
        assert [bold(view, y) for y in (0, 1)] == [False, True]
        await pilot.press("v")
        assert not any(bold(view, y) for y in range(3))
        # No key of a fold does anything there.
        await pilot.press("z", "minus", "plus")
        assert view.view is View.RAW


async def test_the_cursor_stays_in_the_window_while_that_moves() -> None:
    async with running(json.dumps(list(range(100))).encode(), (40, 10)) as (_, view, pilot):
        at = []
        for key in ("j", "G", "k", "pageup", "g", "k"):
            await pilot.press(key)
            assert view.first_line <= view.cursor < view.first_line + 10
            at.append((view.first_line, view.cursor))
        assert at == [(1, 1), (92, 101), (91, 100), (81, 90), (0, 0), (0, 0)]
        view.show_from(50)
        view.scrolled()
        assert view.cursor == 50
