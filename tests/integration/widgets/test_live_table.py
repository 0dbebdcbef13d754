"""The table in a running app: what a person sees and presses."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.widget import Widget

from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.empty import Empty, Hint
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.rows import Cell, Row, Tone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from textual.message import Message
    from textual.pilot import Pilot

COLUMNS = (
    Column("time", "Time", 6, priority=2),
    Column("event", "Event", 8, share=1, priority=3),
    Column("size", "Size", 6, align="right", priority=1),
)


def row(row_id: int, word: str = "event") -> Row:
    return Row((Cell(f"t{row_id}", Tone.MUTED), Cell(f"{word} {row_id}"), Cell(str(row_id * 10))))


class TableApp(App[None]):
    """One table that is answered at once, and a note of what it said."""

    def __init__(self, table: LiveTable, *, answer: bool = True) -> None:
        super().__init__()
        self.table = table
        self.answer = answer
        self.asked: list[tuple[int, ...]] = []
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_live_table_rows_wanted(self, message: LiveTable.RowsWanted) -> None:
        self.asked.append(message.row_ids)
        if self.answer:
            self.table.put_rows({row_id: row(row_id) for row_id in message.row_ids})

    def on_live_table_highlighted(self, message: LiveTable.Highlighted) -> None:
        self.said.append(message)

    def on_live_table_selected(self, message: LiveTable.Selected) -> None:
        self.said.append(message)

    def on_live_table_follow_changed(self, message: LiveTable.FollowChanged) -> None:
        self.said.append(message)

    def on_live_table_marks_changed(self, message: LiveTable.MarksChanged) -> None:
        self.said.append(message)

    def told(self) -> list[object]:
        """What was said since the last time, in short."""
        said, self.said = self.said, []
        return [brief(message) for message in said]


def brief(message: Message) -> object:
    match message:
        case LiveTable.Highlighted():
            return ("on", message.row_id)
        case LiveTable.Selected():
            return ("open", message.row_id)
        case LiveTable.FollowChanged():
            return "follows" if message.following else ("waiting", message.waiting)
        case LiveTable.MarksChanged():
            return ("marked", message.row_ids)
    raise AssertionError(message)


@asynccontextmanager
async def running(
    ids: Iterable[int] = (),
    *,
    size: tuple[int, int] = (50, 11),
    newest_first: bool = True,
    markable: bool = False,
    answer: bool = True,
    known: bool = True,
) -> AsyncIterator[tuple[TableApp, LiveTable, Pilot[None]]]:
    empty = Empty("No deliveries yet", (Hint("s", "send a sample"), Hint("?", "help")))
    table = LiveTable(COLUMNS, empty=empty, newest_first=newest_first, markable=markable)
    app = TableApp(table, answer=answer)
    async with app.run_test(size=size) as pilot:
        if known:
            table.reset(ids)
        table.focus()
        await pilot.pause()
        app.told()
        yield app, table, pilot


def screen(table: LiveTable) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


def rows_in_view(table: LiveTable) -> list[int]:
    """The ids on the screen, read off the screen."""
    lines = screen(table)[table.head_height :]
    return [int(line.split(" event ")[1].split()[0]) for line in lines if " event " in line]


def state(table: LiveTable) -> tuple[int | None, bool, int]:
    return table.cursor_id, table.following, table.waiting


def line_of_cursor(table: LiveTable) -> int | None:
    return next((y for y, line in enumerate(screen(table)) if line[:1] in "▌▏" and line), None)


async def test_the_newest_rows_are_on_top_under_their_titles() -> None:
    async with running(range(1, 31)) as (_, table, _pilot):
        lines = screen(table)
        assert lines[0].split() == ["Time", "Event", "Size"]
        assert rows_in_view(table) == list(range(30, 20, -1))
        assert lines[1].rstrip("┃│").split() == ["t30", "event", "30", "300"]


async def test_while_following_new_rows_come_into_view_and_the_cursor_stays_on_its_row() -> None:
    async with running(range(1, 31)) as (app, table, pilot):
        await pilot.press("k")
        assert state(table)[:2] == (30, True)
        app.told()
        table.add_ids([31, 32])
        await pilot.pause()
        assert rows_in_view(table)[:3] == [32, 31, 30]
        assert table.cursor_id == 30
        assert line_of_cursor(table) == 3
        table.add_ids(range(33, 60))
        await pilot.pause()
        assert rows_in_view(table)[0] == 59
        assert (table.cursor_id, line_of_cursor(table)) == (30, None)
        assert app.told() == []


async def test_moving_the_cursor_pauses_and_says_how_many_wait() -> None:
    async with running(range(1, 31)) as (app, table, pilot):
        await pilot.press("j", "j", "j")
        assert table.cursor_id == 28
        assert app.told() == [("on", 30), ("waiting", 0), ("on", 29), ("on", 28)]
        before, at = rows_in_view(table), line_of_cursor(table)
        for newest in range(31, 43):
            table.add_ids([newest])
        await pilot.pause()
        assert rows_in_view(table) == before
        assert line_of_cursor(table) == at
        assert state(table) == (28, False, 12)
        assert app.told()[-1] == ("waiting", 12)


@pytest.mark.parametrize("key", ["g", "home"])
async def test_going_to_the_newest_end_resumes(key: str) -> None:
    async with running(range(1, 31)) as (app, table, pilot):
        await pilot.press("j", "j")
        table.add_ids(range(31, 51))
        await pilot.press(key)
        assert state(table) == (50, True, 0)
        assert "follows" in app.told()
        table.add_ids([51])
        await pilot.pause()
        assert rows_in_view(table)[:2] == [51, 50]


async def test_stepping_onto_the_newest_row_resumes_and_counts_down_what_waits() -> None:
    async with running(range(1, 31)) as (_, table, pilot):
        await pilot.press("j", "j")
        table.add_ids([31, 32, 33])
        seen = []
        while not table.following:
            await pilot.press("k")
            seen.append((table.cursor_id, table.waiting))
        assert seen == [(30, 3), (31, 2), (32, 1), (33, 0)]


async def test_with_the_newest_at_the_bottom_all_of_it_is_upside_down() -> None:
    async with running(range(1, 31), newest_first=False) as (_, table, pilot):
        assert rows_in_view(table) == list(range(21, 31))
        table.add_ids([31])
        await pilot.pause()
        assert rows_in_view(table)[-1] == 31
        await pilot.press("k", "k")
        assert state(table)[:2] == (30, False)
        before = rows_in_view(table)
        table.add_ids([32, 33])
        await pilot.pause()
        assert (rows_in_view(table), table.waiting) == (before, 2)
        await pilot.press("G")
        assert state(table) == (33, True, 0)
        assert rows_in_view(table)[-1] == 33
        await pilot.press("g")
        assert state(table)[:2] == (1, False)
        table.prepend_older([-2, -1, 0])
        await pilot.pause()
        assert rows_in_view(table)[0] == 1


async def test_the_wheel_moves_the_window_and_not_the_cursor() -> None:
    async with running(range(1, 31)) as (_, table, pilot):
        await pilot.press("j", "j")
        for _ in range(3):
            await pilot._post_mouse_events([MouseScrollDown], table, offset=(5, 5))
        assert rows_in_view(table)[0] == 21
        assert state(table)[:2] == (29, False)
        for _ in range(3):
            await pilot._post_mouse_events([MouseScrollUp], table, offset=(5, 5))
        assert rows_in_view(table)[0] == 30
        assert state(table)[:2] == (29, True)


async def test_enter_opens_only_what_is_seen() -> None:
    async with running(range(1, 61)) as (app, table, pilot):
        await pilot.press("enter")
        assert app.told() == [("on", 60), ("waiting", 0), ("open", 60)]
        await pilot.press("g")
        table.add_ids(range(61, 81))
        await pilot.pause()
        assert line_of_cursor(table) is None
        app.told()
        await pilot.press("enter")
        assert line_of_cursor(table) is not None
        assert app.told() == [("waiting", 0)]
        await pilot.press("enter")
        assert app.told() == [("open", 60)]


async def test_a_step_begins_where_the_eye_is() -> None:
    async with running(range(1, 61)) as (_, table, pilot):
        await pilot.press("g")
        table.add_ids(range(61, 81))
        await pilot.press("j")
        assert state(table)[:2] == (80, False)
        await pilot._post_mouse_events([MouseScrollDown] * 10, table, offset=(5, 5))
        top, bottom = rows_in_view(table)[0], rows_in_view(table)[-1]
        await pilot.press("k")
        assert table.cursor_id == top
        await pilot.press("end")
        await pilot._post_mouse_events([MouseScrollUp] * 10, table, offset=(5, 5))
        bottom = rows_in_view(table)[-1]
        await pilot.press("j")
        assert table.cursor_id == bottom


async def test_pages_halves_and_ends() -> None:
    async with running(range(1, 101)) as (_, table, pilot):
        at = []
        for key in ("j", "pagedown", "ctrl+d", "pagedown", "ctrl+u", "pageup", "G", "pagedown"):
            await pilot.press(key)
            at.append(table.cursor_id)
        assert at == [100, 90, 85, 75, 80, 90, 1, 1]
        await pilot.press("up", "down", "home")
        assert table.cursor_id == 100


async def test_a_click_selects_a_row_and_a_second_one_opens_it() -> None:
    async with running(range(1, 31)) as (app, table, pilot):
        await pilot.click(table, offset=(10, 3))
        assert app.told() == [("on", 28), ("waiting", 0)]
        await pilot.click(table, offset=(20, 3))
        assert app.told() == [("open", 28)]
        await pilot.click(table, offset=(10, 0))
        await pilot.click(table, offset=(49, 5))
        assert table.cursor_id == 28


async def test_the_scrollbar_can_be_clicked_and_dragged() -> None:
    async with running(range(1, 101)) as (_, table, pilot):
        await pilot.mouse_down(table, offset=(49, 10))
        assert rows_in_view(table)[-1] == 1
        await pilot.hover(table, offset=(49, 1))
        assert rows_in_view(table)[0] == 100
        await pilot.mouse_up(table, offset=(49, 1))
        assert app_mouse_is_free(pilot)
        await pilot.hover(table, offset=(49, 10))
        assert rows_in_view(table)[0] == 100


async def test_only_rows_near_the_window_are_asked_for_and_each_once() -> None:
    async with running(range(1, 1001)) as (app, _, pilot):
        assert app.asked == [tuple(range(1000, 974, -1))]
        for _ in range(5):
            await pilot.press("j")
        assert len(app.asked) == 1
        await pilot.press("G")
        assert set(app.asked[1]) == set(range(1, 27))


async def test_rows_not_yet_there_are_dots_and_are_not_asked_for_twice() -> None:
    async with running(range(1, 31), answer=False) as (app, table, pilot):
        assert screen(table)[1].rstrip("┃│").split() == ["·", "·", "·"]
        table.add_ids([31])
        await pilot.pause()
        assert app.asked[1:] == [(31,)]
        table.put_rows({31: row(31)})
        await pilot.pause()
        assert rows_in_view(table) == [31]
        table.release([30])
        table.add_ids([32])
        await pilot.pause()
        assert app.asked[-1] == (32, 30)


async def test_a_row_that_changed_is_asked_for_again_and_stays_until_then() -> None:
    async with running(range(1, 5)) as (app, table, pilot):
        app.answer = False
        table.invalidate([3, 99])
        await pilot.pause()
        assert app.asked[-1] == (3,)
        assert rows_in_view(table) == [4, 3, 2, 1]
        table.put_rows({3: row(3, "changed event")})
        await pilot.pause()
        assert "changed event 3" in screen(table)[2]


async def test_evicted_rows_leave_and_the_cursor_goes_to_the_nearest() -> None:
    async with running(range(1, 31), markable=True) as (app, table, pilot):
        await pilot.press("G", "space", "k")
        assert (table.cursor_id, table.marks) == (2, (1,))
        app.told()
        table.drop_before(11)
        await pilot.pause()
        assert rows_in_view(table)[-1] == 11
        assert table.cursor_id == 11
        assert app.told() == [("on", 11), ("marked", ())]
        table.remove_rows([11, 20])
        await pilot.pause()
        assert (state(table)[0], table.row_count, table.oldest_id) == (12, 18, 12)
        table.drop_before(1000)
        await pilot.pause()
        assert (state(table)[0], table.row_count, table.newest_id) == (None, 0, None)
        assert any("No deliveries yet" in line for line in screen(table))


async def test_older_rows_come_below_and_nothing_moves() -> None:
    async with running(range(100, 131)) as (_, table, pilot):
        await pilot.press("G")
        before = rows_in_view(table)
        table.prepend_older(range(1, 100))
        await pilot.pause()
        assert rows_in_view(table) == before
        assert table.cursor_id == 100
        await pilot.press("j")
        assert table.cursor_id == 99


async def test_another_filter_keeps_the_row_being_read_if_it_still_matches() -> None:
    async with running(range(1, 61)) as (app, table, pilot):
        await pilot.press(*"j" * 21)
        assert table.cursor_id == 40
        table.reset(range(2, 61, 2))
        await pilot.pause()
        assert state(table)[:2] == (40, False)
        assert line_of_cursor(table) is not None
        app.told()
        table.reset(range(1, 61, 2))
        await pilot.pause()
        assert state(table) == (None, True, 0)
        assert rows_in_view(table)[0] == 59
        assert app.told() == [("on", None), "follows"]


async def test_marks_are_kept_in_order_and_can_be_taken_back() -> None:
    async with running(range(1, 11), markable=True) as (app, table, pilot):
        await pilot.press("space", "space")
        assert list(table.marks) == [10, 9]
        assert [line[1] for line in screen(table)[1:4]] == ["●", "●", " "]
        await pilot.press("k", "space")
        assert list(table.marks) == [10]
        assert app.told()[-2:] == [("marked", (10,)), ("on", 8)]
        table.clear_marks()
        assert list(table.marks) == []


async def test_the_first_space_marks_the_first_row_and_shows_the_cursor_after_it() -> None:
    async with running(range(1, 11), markable=True) as (app, table, pilot):
        assert state(table)[:2] == (None, True)
        await pilot.press("space")
        assert (table.marks, table.cursor_id, table.following) == ((10,), 9, False)
        assert ("marked", (10,)) in app.told()


async def test_space_marks_nothing_that_is_out_of_view() -> None:
    async with running(range(1, 101), markable=True) as (_, table, pilot):
        await pilot.press("j", "G")
        table.follow()
        await pilot.pause()
        assert table.cursor_id == 1
        await pilot.press("space")
        assert table.marks == ()
        assert table.cursor_id in rows_in_view(table)


async def test_without_marking_space_does_nothing() -> None:
    async with running(range(1, 11)) as (_, table, pilot):
        await pilot.press("j", "space")
        assert (table.marks, table.cursor_id) == ((), 10)


async def test_a_row_can_be_gone_to_by_its_id() -> None:
    async with running(range(1, 101)) as (_, table, pilot):
        assert table.select_row(5)
        await pilot.pause()
        assert state(table)[:2] == (5, False)
        assert 5 in rows_in_view(table)
        assert not table.select_row(500)
        assert table.cursor_id == 5
        table.follow()
        assert (state(table)[:2], rows_in_view(table)[0]) == ((5, True), 100)


async def test_an_empty_table_says_what_to_do_next() -> None:
    async with running() as (_, table, pilot):
        lines = screen(table)
        assert [line.strip() for line in lines if line.strip()] == [
            "No deliveries yet",
            "s  send a sample",
            "?  help",
        ]
        title = lines.index(next(line for line in lines if "No deliveries" in line))
        assert 2 <= title <= 5
        await pilot.press("j", "k", "G", "g", "pagedown", "enter", "space")
        table.set_empty(Empty("No match for “漢字”"))
        assert any("No match for “漢字”" in line for line in screen(table))


async def test_before_the_first_answer_it_does_not_say_that_there_is_nothing() -> None:
    async with running(known=False) as (_, table, _pilot):
        assert "".join(screen(table)).strip() == "Loading …"


@pytest.mark.parametrize("newest_first", [True, False])
async def test_the_newest_end_stays_in_view_when_the_screen_changes(newest_first: bool) -> None:
    async with running(range(1, 31), newest_first=newest_first) as (_, table, pilot):
        for size in ((50, 6), (20, 3), (1, 1), (3, 2), (200, 20), (50, 8)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert [len(line) <= size[0] for line in screen(table)] == [True] * size[1]
            if size[0] >= 50:
                assert 30 in rows_in_view(table)
                assert table.following


async def test_the_cursor_stays_in_view_when_the_screen_shrinks() -> None:
    async with running(range(1, 31)) as (_, table, pilot):
        await pilot.press(*"j" * 9)
        await pilot.resize_terminal(50, 5)
        await pilot.pause()
        assert line_of_cursor(table) is not None
        assert table.cursor_id == 22


async def test_twenty_columns_and_three_lines_are_enough_to_work_in() -> None:
    async with running(range(1, 31), size=(20, 3)) as (app, table, pilot):
        assert screen(table)[0].split() == ["Time", "Event"]
        assert rows_in_view(table) == [30, 29]
        await pilot.press("j", "j", "enter")
        assert app.told()[-1] == ("open", 29)


async def test_low_priority_columns_leave_a_narrow_screen() -> None:
    async with running(range(1, 3), size=(14, 4)) as (_, table, _pilot):
        assert screen(table)[0].split() == ["Event"]
        assert [line.split() for line in screen(table)[1:3]] == [["event", "2"], ["event", "1"]]


async def test_the_cursor_looks_different_with_and_without_focus_and_without_colour() -> None:
    async with running(range(1, 5)) as (app, table, pilot):
        await pilot.press("j")
        focused = table.render_line(1)
        assert focused.text.startswith("▌")
        app.set_focus(None)
        await pilot.pause()
        blurred = table.render_line(1)
        assert blurred.text.startswith("▏")
        grounds = {
            [segment.style.bgcolor for segment in strip if segment.style][2]
            for strip in (focused, blurred, table.render_line(2))
        }
        assert len(grounds) == 3


@pytest.mark.parametrize("colourless", [False, True])
async def test_a_line_is_drawn_as_textual_would_draw_it(
    monkeypatch: pytest.MonkeyPatch, colourless: bool
) -> None:
    if colourless:
        monkeypatch.setenv("NO_COLOR", "1")
    async with running(range(1, 31), markable=True) as (_, table, pilot):
        await pilot.press("j", "space", "j")
        for crop in (table.size.region, Region(3, 2, 11, 4)):
            drawn = table.render_lines(crop)
            expected = Widget.render_lines(table, crop)
            assert [list(strip.simplify()) for strip in drawn] == [
                list(strip.simplify()) for strip in expected
            ]


async def test_a_line_that_only_moves_is_not_drawn_again() -> None:
    async with running(range(1, 7)) as (_, table, pilot):
        before = table.render_lines(table.size.region)
        table.add_ids([7])
        table.put_rows({7: row(7)})
        await pilot.pause()
        after = table.render_lines(table.size.region)
        assert [a is b for a, b in zip(before[1:7], after[2:8], strict=True)] == [True] * 6
        assert "event 7" in after[1].text


async def test_tones_are_colours_of_the_theme() -> None:
    async with running([1]) as (app, table, pilot):
        table.put_rows({1: Row((Cell("x", Tone.ERROR), Cell("y", Tone.SUCCESS), Cell("z")))})
        colours = {}
        for theme in ("textual-dark", "textual-light"):
            app.theme = theme
            await pilot.pause()
            variables = app.theme_variables
            styles = {s.text.strip(): s.style for s in table.render_line(1) if s.text.strip()}
            assert styles["x"] is not None
            assert styles["y"] is not None
            colours[theme] = [styles[cell].color.name for cell in "xy"]  # type: ignore[union-attr]
            assert colours[theme] == [
                variables["text-error"].lower(),
                variables["text-success"].lower(),
            ]
        assert colours["textual-dark"] != colours["textual-light"]


def app_mouse_is_free(pilot: Pilot[None]) -> bool:
    return pilot.app.mouse_captured is None
