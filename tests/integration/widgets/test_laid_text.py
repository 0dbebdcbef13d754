"""A text that is laid out for its width: drawn so, and copied by the mouse as it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.content import Content
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from meterbase_tui.widgets.prose import LaidText, Line, Prose, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

TEXT = Prose([Line(Content("Remark  "), Content("one two three four")), plain(Content("End"))])


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield LaidText(TEXT, markup=False)
        yield LaidText("plain", markup=False)


def lines_of(text: LaidText) -> list[str]:
    return [text.render_line(y).text.rstrip() for y in range(text.size.height)]


async def test_it_takes_the_lines_of_its_width_and_is_copied_as_it_is_seen() -> None:
    app = Page()
    async with app.run_test(size=(24, 8)) as pilot:
        text, other = app.query(LaidText)
        narrow = ["Remark  one two three", "        four", "End"]
        assert lines_of(text) == narrow
        assert text.get_selection(SELECT_ALL) == ("\n".join(narrow), "\n")
        some = Selection(Offset(8, 0), Offset(12, 1))
        assert text.get_selection(some) == ("one two three\n        four", "\n")
        assert other.get_selection(SELECT_ALL) == ("plain", "\n")
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert lines_of(text) == ["Remark  one two three four", "End"]
        assert text.get_selection(SELECT_ALL) == ("Remark  one two three four\nEnd", "\n")
