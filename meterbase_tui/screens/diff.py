"""Two deliveries, field by field."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from meterbase_tui.privacy.discreet import mask_differences
from meterbase_tui.privacy.discretion import DiscretionChanged
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.prose import BLANK, LaidText, Prose
from meterbase_tui.wording.comparing import count_differences, draw_differences
from meterbase_tui.wording.inspector_heading import MASKED
from receiver.contents.comparison import compare_json
from receiver.judging.strict_json import InvalidJsonError, parse
from store.reading.deliveries import read_content

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from store.reader import Connection


class DiffScreen(Screen[None]):
    """Shows what was added, removed and changed between two deliveries."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", id="diff.close"),
        Binding("j", "scroll(1)", "Down", show=False, id="diff.down"),
        Binding("k", "scroll(-1)", "Up", show=False, id="diff.up"),
        Binding("x", "swap", "Swap", tooltip="The other way round", id="diff.swap"),
    ]

    def __init__(self, desk: Desk, first_id: int, second_id: int) -> None:
        super().__init__()
        self._desk = desk
        self._ids = (first_id, second_id)

    def compose(self) -> ComposeResult:
        """A heading, the differences, and the keys."""
        yield Static(id="heading", markup=False)
        with VerticalScroll(id="differences"):
            yield LaidText(id="differences-text", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Reads both, and shows what differs."""
        self.query_one("#differences").focus()
        self._read()

    @on(DiscretionChanged)
    def draw_anew(self) -> None:
        """Masks what differs, or shows it again."""
        self._read()

    @work(exclusive=True, description="comparing two deliveries")
    async def _read(self) -> None:
        first, second = self._ids
        before, after = await self._desk.reading.query(
            lambda connection: (_payload(connection, first), _payload(connection, second))
        )
        if isinstance(before, str) or isinstance(after, str):
            faults = [(first, before), (second, after)]
            words = [f"Delivery {n}: {why}" for n, why in faults if isinstance(why, str)]
            self._say(Content("\n".join(words)), Prose([BLANK]))
            return
        found = compare_json(before[0], after[0])
        masked = self._desk.discretion.masked
        if masked:
            found = await asyncio.to_thread(mask_differences, found, before[0], after[0])
        heading = (MASKED + "   " if masked else Content("")) + Content.from_markup(
            "[$text-error b]- $first[/]  [$text-success b]+ $second[/]   $count",
            first=f"delivery {first}",
            second=f"delivery {second}",
            count=count_differences(found),
        )
        self._say(heading, draw_differences(found))

    def _say(self, heading: Content, differences: Prose) -> None:
        self.query_one("#heading", Static).update(heading)
        self.query_one("#differences-text", Static).update(differences)

    def action_scroll(self, lines: int) -> None:
        """Moves the window."""
        self.query_one("#differences", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_swap(self) -> None:
        """Compares the other way round."""
        self._ids = self._ids[::-1]
        self._read()


def _payload(connection: Connection, delivery_id: int) -> tuple[Any] | str:
    """The parsed body in a tuple, or why there is none."""
    content = read_content(connection, delivery_id)
    if content is None:
        return "it was pruned."
    if not content.complete:
        return "only the beginning of its body was kept."
    with suppress(InvalidJsonError):
        return (parse(content.body),)
    return "its body is not JSON."
