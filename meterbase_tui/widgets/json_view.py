"""Shows a payload: as JSON in lines and colours, raw, or in hexadecimal; and searches in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.strip import Strip

from meterbase_tui.widgets import view_messages as messages
from meterbase_tui.widgets.folding import Folding
from meterbase_tui.widgets.layout import Ink
from meterbase_tui.widgets.layout_job import LayoutJob
from meterbase_tui.widgets.line_painter import GUTTER, draw_line
from meterbase_tui.widgets.search import Search
from meterbase_tui.widgets.sheet import Payload, View

if TYPE_CHECKING:
    from rich.style import Style

    from meterbase_tui.widgets.layout import Layout
    from meterbase_tui.widgets.sheet import Sheet


_AT_ONCE = 16 * 1024
"""Bytes that are laid out between two frames, some 10 ms; more is done in a thread."""


class JsonView(Folding):
    """A payload to read, of which only the lines in view are drawn and coloured.

    JSON is only broken into lines, never read and written again: numbers, escapes, duplicate keys
    and the order of keys are shown as they were sent. What is not JSON is shown as text, and what
    cannot be seen as its number. The first 64 KiB are laid out, the rest on demand; more than
    16 KiB in a thread, so that the screen never waits.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_view", "View", tooltip="Pretty, raw or hex", id="payload.view"),
        Binding("a", "rest", "Show all", tooltip="Show the rest", id="payload.rest"),
        Binding("n", "match(1)", "Next match", show=False, id="payload.next_match"),
        Binding("N", "match(-1)", "Previous match", show=False, id="payload.previous_match"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-view--cursor",
        "json-view--match",
        "json-view--current-match",
        *(f"json-view--{ink}" for ink in Ink),
    }
    DEFAULT_CSS = """
    JsonView {
        background: $surface;
        color: $foreground;
        & > .json-view--key { color: $text-primary; }
        & > .json-view--string { color: $text-success; }
        & > .json-view--number { color: $text-warning; }
        & > .json-view--literal { color: $text-accent; }
        & > .json-view--punctuation { color: $foreground-muted; }
        & > .json-view--muted { color: $foreground-muted; }
        & > .json-view--control { color: $text-error; }
        & > .json-view--note { color: $text-accent; text-style: italic; }
        & > .json-view--cursor { background: $foreground 10%; text-style: bold; }
        & > .json-view--match { background: $warning 25%; text-style: underline; }
        & > .json-view--current-match {
            background: $warning;
            color: $background;
            text-style: bold underline;
        }
    }
    """

    view: var[View] = var(View.PRETTY, init=False)
    """How the payload is shown."""

    LaidOut: TypeAlias = messages.LaidOut
    Searched: TypeAlias = messages.Searched

    def __init__(
        self,
        *,
        rest_key: str = "a",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._rest_key = rest_key
        self._payload: Payload | None = None
        self._whole = False
        self._search = Search()

    # What is shown.

    def show(self, body: bytes, size: int | None = None, *, withheld: str = "") -> None:
        """Shows a payload from its beginning, without the search in the one before.

        Args:
            body: Its bytes.
            size: Its true length, where `body` is only its beginning.
            withheld: Why it is not shown, as a sentence, in any view; then `body` is empty.
        """
        self._payload = Payload(body, len(body) if size is None else size, withheld)
        self._whole = False
        self._search = Search()
        self._begin_anew()

    def watch_view(self) -> None:
        """Shows the same payload another way."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.lay_nothing()
        self.refresh()
        self._renew()

    def action_next_view(self) -> None:
        """Goes from pretty to raw to hexadecimal and round."""
        views = list(View)
        self.view = views[(views.index(self.view) + 1) % len(views)]

    def action_rest(self) -> None:
        """Shows the rest of a payload of which only the beginning is laid out."""
        self._whole = True
        self._sheet = None
        self._renew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key is there only while it can do something."""
        if action == "rest":
            return bool(self._sheet and self._sheet.missing)
        if action == "match":
            return bool(self._search)
        return super().check_action(action, parameters)

    def on_resize(self) -> None:
        """Breaks the lines anew, and keeps the one at the top there."""
        self._renew()

    def _renew(self) -> None:
        """Lays out what is to be shown; in a thread what would hold up the screen."""
        if self._payload is None or not self.is_mounted:
            return
        self.workers.cancel_group(self, "layout")
        width = self.size.width - GUTTER - 1
        if width <= 0:
            return
        job = LayoutJob(self._payload, self.view, self._whole, self._rest_key, width, self._sheet)
        if job.cost > _AT_ONCE:
            self._take_later(job)
        else:
            self._take(*job.run())

    # With a description, since the default shows the arguments: the payload.
    @work(group="layout", description="Laying out a payload")
    async def _take_later(self, job: LayoutJob) -> None:
        self._take(*await asyncio.to_thread(job.run))

    def _take(self, sheet: Sheet | None, layout: Layout) -> None:
        """Shows what was laid out, from where the reader was."""
        top = self._layout.position_of(self.first_line)
        again = self._sheet is sheet
        self.lay(sheet, layout)
        self._search.renew(layout, self._search.position or top)
        self.refresh_bindings()
        if not again or sheet is None:
            problem, missing = (sheet.problem, sheet.missing) if sheet else (None, 0)
            self.post_message(self.LaidOut(self, problem, missing))

    # The search.

    def search(self, term: str) -> int:
        """Looks for a term in what is shown, and goes to the first match from the window on.

        To be called for each letter typed; upper and lower case count only if there is upper case.

        Returns:
            How many there are, at most 10,000; an empty term ends the search.
        """
        self._search.begin(term, self._layout, self._layout.position_of(self.first_line))
        self._reveal_match()
        self.refresh_bindings()
        return len(self._search)

    def action_match(self, matches: int) -> None:
        """Goes some matches on or back, and round at the ends."""
        self._search.step(matches)
        self._reveal_match()

    def _reveal_match(self) -> None:
        search = self._search
        if search.position is not None:
            self.reveal(search.position)
        self.post_message(self.Searched(self, search.term, search.number, len(search)))
        self.refresh()

    # Drawing.

    def draw(self, y: int, width: int) -> Strip:
        """Draws a row."""
        row = self.first_line + y
        if row >= self._layout.rows:
            return Strip([])
        line, marks = self._layout.row(row), self._search.marks(self._layout, row)
        if row != self.cursor or not self.has_focus or not self.can_fold:
            return draw_line(line, marks, self._part)
        return draw_line(line, marks, self._part_of_cursor).adjust_cell_length(
            width, self._part_of_cursor()
        )

    def _part(self, *names: str) -> Style:
        return self.shown(*(f"json-view--{name}" for name in names))

    def _part_of_cursor(self, *names: str) -> Style:
        return self._part("cursor", *names)
