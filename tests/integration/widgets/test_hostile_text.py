"""What a stranger sends, in every widget: nothing of it may reach the terminal as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.app import App, ComposeResult

from meterbase_tui.terminal.themes import THEMES
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.empty import Empty, Hint
from meterbase_tui.widgets.json_view import JsonView
from meterbase_tui.widgets.line_input import LineInput
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.payload_area import PayloadArea
from meterbase_tui.widgets.rows import Cell, Row, Tone
from meterbase_tui.widgets.sheet import View

if TYPE_CHECKING:
    from textual.widget import Widget

HOSTILE = (
    "[bold red]MK[/]",
    "[@click=app.quit]x[/]",
    "[/]",
    "[/bold]z",
    "<BODY onload!#$%&()*~+-_.,:;?@[/",
    '{"b": [true, false]}',
    ":smile:",
    "$primary \\[ \\",
    "\x1b]0;PWN\x07",
    "\x1b]52;c;cHdu\x07",
    "\x1b[2J\x1b[H\x1b[?1049l\x1bc\x1b[6n",
    "\x1b]8;;http://evil\x1b\\L\x1b]8;;\x1b\\",
    "\x1bP1;2|abc\x1b\\ \x1b_x\x1b\\ \x1b]",
    "\x9b2J\x9d0;x\x9c\x85",
    "\x00\x7f\x08\x0b\x0c\x07",
    "AAAA\rBB\nCC\tDD\r\n",
    "\u202egnp.exe\u2066\u2069\u200e\u200f",
    "a\u200b\ufeff\u00ad\u2060\U000e0041b",
    "a\u2028b\u2029c",
    "\ud800 \udc80 \udfff",
    "漢字👩\u200d👩\u200d👧 🇩🇪 ❤\ufe0f",
    "e" + "\u0336" * 500,
    "\u0336 begins with a mark",
    "\ue000\u00a0\u3000\u3164\u115f\u2800",
    "L" * 20_000,
    "漢" * 20_000,
    "\x1b" * 5_000,
    "\U0010ffff\ufffe\uffff",
)


class HostileApp(App[None]):
    """Every widget, with hostile text in every place that takes text."""

    CSS = "LiveTable, JsonView { height: 1fr; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        title = Column("t", text, 10, share=1)
        self.table = LiveTable((title, Column("u", "U", 6)), markable=True, id="full")
        hints = (Hint(text, text), Hint("s", text), Hint(text))
        self.empty = LiveTable((title,), empty=Empty(text, hints), id="empty")
        self.views = [JsonView(id=str(f"view-{view}")) for view in View]

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.empty
        yield from self.views

    def on_mount(self) -> None:
        self.table.reset(range(1, len(Tone) + 1))
        self.table.put_rows(
            {
                i: Row((Cell(self.text, tone), Cell(self.text, tone)))
                for i, tone in enumerate(Tone, 1)
            }
        )
        self.empty.reset([])


def assert_clean(widget: Widget) -> None:
    """Each line is as wide as the widget, and of printable characters only."""
    for y in range(widget.size.height):
        strip = widget.render_line(y)
        assert strip.text.isprintable(), ascii(strip.text)
        assert strip.text.encode("utf-8")
        assert strip.cell_length == sum(segment.cell_length for segment in strip)
        assert strip.cell_length == widget.size.width
        for segment in strip:
            assert segment.control is None
            assert not (segment.style and segment.style.meta)
            assert not (segment.style and segment.style.link)


def bodies(text: str) -> list[bytes]:
    raw = text.encode("utf-8", "surrogatepass")
    return [
        raw,
        text.encode("utf-16", "surrogatepass"),
        json.dumps({text[:500]: [text]}).encode(),
        b'{"a": "' + raw + b'", "' + raw + b'": 1}',
        b'{"a": 1, ' + raw,
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
async def test_no_widget_lets_anything_unprintable_out(text: str) -> None:
    app = HostileApp(text)
    async with app.run_test(size=(70, 60)) as pilot:
        await pilot.press("tab", "j", "space", "G")
        for body in bodies(text):
            for view, mode in zip(app.views, View, strict=True):
                view.show(body)
                view.view = mode
            await pilot.pause()
            await app.workers.wait_for_complete()
            for view in app.views:
                view.search(text[:20])
                view.action_bottom()
                view.search("a")
            await pilot.pause()
            for widget in (app.table, app.empty, *app.views):
                assert_clean(widget)
        # An exported picture is XML, which is not well-formed with a control character in it.
        picture = app.export_screenshot()
        assert all(character.isprintable() or character == "\n" for character in picture)
        assert app.is_running


class TypingApp(App[None]):
    """What is typed into, with hostile text by every way in."""

    def compose(self) -> ComposeResult:
        yield PayloadArea("", id="payload")
        yield LineInput(compact=True, id="line")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
async def test_nothing_unprintable_is_drawn_of_what_is_set_or_pasted(text: str) -> None:
    app = TypingApp()
    async with app.run_test(size=(70, 12)) as pilot:
        area, line = app.query_one(PayloadArea), app.query_one(LineInput)
        area.load_text(text)
        line.value = text
        for field in (area, line):
            field.focus()
            await pilot.pause()
            app.post_message(events.Paste(text))
            await pilot.pause()
            for y in range(field.size.height):
                drawn = field.render_line(y).text
                assert drawn.isprintable(), ascii(drawn)
                assert drawn.encode("utf-8")
        assert app.is_running


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_literal_markup_stays_literal_and_does_nothing_when_clicked(theme: str) -> None:
    app = HostileApp("[@click=app.quit]x[/]")
    async with app.run_test(size=(70, 60)) as pilot:
        for own in THEMES:
            app.register_theme(own)
        app.theme = theme
        await pilot.pause()
        assert "[@click=app.quit]x[/]" in app.table.render_line(1).text
        for offset in ((4, 1), (5, 1), (20, 1), (22, 1)):
            await pilot.click(app.table, offset=offset)
        assert app.is_running
        assert app.return_code is None
