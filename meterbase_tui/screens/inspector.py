"""The inspector: one delivery, whole."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static, TabbedContent, TabPane, Tabs

from meterbase_tui.privacy.discreet import HIDDEN, mask_diagnosis, mask_history
from meterbase_tui.privacy.discretion import DiscretionChanged
from meterbase_tui.queries.details import Detail, read_detail
from meterbase_tui.queries.unit_history import read_history, unit_of
from meterbase_tui.screens import inspected
from meterbase_tui.screens.delivery_keys import DeliveryKeys
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.pages import Pages
from meterbase_tui.widgets.payload_pane import PayloadPane
from meterbase_tui.widgets.prose import LaidText
from meterbase_tui.wording.header_lines import draw_headers
from meterbase_tui.wording.inspector_forwarding import draw_forwards
from meterbase_tui.wording.inspector_heading import draw_heading
from meterbase_tui.wording.inspector_processing import draw_processing
from meterbase_tui.wording.inspector_signature import draw_signature
from store.errors import StoreError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from meterbase_tui.widgets.prose import Laid
    from store.reader import Connection

_LOOK_EVERY_S = 0.25
_TEXTS = ("headers", "signature", "processing", "forwarding")
_LISTS = ("deliveries", "history")
_TABS = ("payload", *_TEXTS, *_LISTS)


class Inspector(DeliveryKeys):
    """Everything about one delivery, its event and its unit; follows what becomes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Back", id="inspector.close"),
        Binding("slash", "search", "Search", key_display="/", id="inspector.search"),
        Binding("J", "go(1)", "Older", show=False, id="inspector.older"),
        Binding("K", "go(-1)", "Newer", show=False, id="inspector.newer"),
        Binding("right_square_bracket,l", "tab(1)", "Next tab", show=False, id="inspector.next"),
        Binding(
            "left_square_bracket,h", "tab(-1)", "Previous tab", show=False, id="inspector.previous"
        ),
    ]

    def __init__(self, desk: Desk, delivery_id: int, tab: str | None = None) -> None:
        """Shows a delivery.

        Args:
            desk: what the screen works with.
            delivery_id: which one.
            tab: where to open it; without one, at what the delivery is looked at for.
        """
        super().__init__(desk, delivery_id)
        self._tab = tab
        """Where to open it; None until the delivery was read, or a key has gone to a tab."""
        self._shown: Detail | None = None
        """What is on the screen: the detail, or a masked copy."""
        self._seen = -1
        self._going = asyncio.Lock()
        self._wanted = asyncio.Event()
        """Set when something is to be read or drawn before the next look."""

    def compose(self) -> ComposeResult:
        """A heading, the tabs, a line for a search, and the keys."""
        yield LaidText(id="heading", markup=False)
        with Pages(id="tabs"):
            with TabPane("Payload", id="payload"):
                yield PayloadPane()
            for name in _TEXTS:
                with TabPane(name.title(), id=name), VerticalScroll():
                    yield LaidText(id=f"{name}-text", markup=False)
            for name in _LISTS:
                with TabPane(name.title(), id=name):
                    yield OptionList(id=f"{name}-list", markup=False)
        yield KeyBar("export", "keep", "copy")

    def on_mount(self) -> None:
        """Reads the delivery, and again while its outcome is not known."""
        self.query_one(Tabs).can_focus = False
        self._show_tab(self._tab or "payload")
        self._follow()

    # Reading and showing.

    @work(description="reading a delivery")
    async def _follow(self) -> None:
        reading = self._desk.reading
        while self.is_attached:
            self._wanted.clear()
            try:
                revision = await reading.run(reading.reader.revision)
                if revision != self._seen:
                    self._seen = revision
                    await self._read()
            except StoreError:
                self._seen, self._detail = -1, None  # again; the dashboard tells of it
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _LOOK_EVERY_S)

    @on(DiscretionChanged)
    def _look_again(self) -> None:
        """Reads anew at once, whatever is being read now."""
        self._seen = -1
        self._wanted.set()

    async def _read(self) -> None:
        detail = await self._desk.reading.query(self._query)
        if detail is None:
            self._desk.tell(self.app, f"Delivery {self._delivery_id} was pruned.")
            self.dismiss()
        elif detail != self._detail or self._desk.discretion.masked != self._is_masked:
            self._detail = detail
            shown = await self._desk.discretion.cover(detail)
            self._show(shown)
            if self._tab is None:
                self._go_to_tab(inspected.first_tab(detail.delivery))
            await self._show_history(shown)
            if detail.delivery.verdict.failed:
                found = await self._desk.diagnose(detail.content)
                if found is not None and shown.masked:
                    found = mask_diagnosis(found)
                self._fill("signature-text", draw_signature(shown, found))

    def _query(self, connection: Connection) -> Detail | None:
        self._desk.discretion.learn(connection)
        return read_detail(connection, self._delivery_id)

    @property
    def _is_masked(self) -> bool:
        return self._shown is not None and self._shown.masked

    def _show(self, detail: Detail) -> None:
        before, self._shown = self._shown, detail
        if before is None or before.content != detail.content:
            content, withheld = detail.content, HIDDEN if detail.hidden else ""
            self.query_one(PayloadPane).payload.show(content.body, content.size, withheld=withheld)
        self._fill("heading", draw_heading(detail))
        self._fill("headers-text", draw_headers(detail))
        self._fill("signature-text", draw_signature(detail))
        self._fill("processing-text", draw_processing(detail, datetime.now(UTC)))
        self._fill("forwarding-text", draw_forwards(detail.forwards))
        self._list("deliveries", inspected.delivery_options(detail))

    async def _show_history(self, detail: Detail) -> None:
        # Of what is not masked: an id may look like somebody's number.
        unit = unit_of(self._detail or detail)
        history = None
        if unit is not None:
            history = await self._desk.reading.query(lambda found: read_history(found, *unit))
        if history is not None and detail.masked:
            history = mask_history(history, self._desk.discretion.people)
        self._list("history", inspected.history_options(history))

    def _fill(self, name: str, text: Laid) -> None:
        self.query_one(f"#{name}", Static).update(text)

    def _list(self, name: str, options: list[inspected.Entry]) -> None:
        shown = self.query_one(f"#{name}-list", OptionList)
        at = shown.highlighted
        shown.clear_options()
        shown.add_options(options)
        shown.highlighted = at if at is not None and at < len(options) else None

    # Going about.

    def action_tab(self, step: int) -> None:
        """Goes to the next or the previous tab."""
        tabs = self.query_one("#tabs", TabbedContent)
        self._go_to_tab(_TABS[(_TABS.index(tabs.active) + step) % len(_TABS)])

    def _go_to_tab(self, name: str) -> None:
        self._tab = name
        self._show_tab(name)

    def _show_tab(self, name: str) -> None:
        self.query_one("#tabs", TabbedContent).active = name
        targets = {"payload": "#payload-view", **{each: f"#{each}-list" for each in _LISTS}}
        self.query_one(targets.get(name, f"#{name} VerticalScroll")).focus()

    @work(description="looking for a neighbour")
    async def action_go(self, older: int) -> None:
        """Goes to the next older or newer delivery; each key of a held one is a step."""
        async with self._going:
            await self._go(older)

    async def _go(self, older: int) -> None:
        here = self._delivery_id
        found = await self._desk.reading.query(
            lambda connection: inspected.neighbour(connection, here, older=older > 0)
        )
        if found is None:
            words = "There is no older one." if older > 0 else "It is the newest."
            self._desk.tell(self.app, words)
            return
        self._delivery_id = found
        self._look_again()

    @on(OptionList.OptionSelected)
    def open_chosen(self, event: OptionList.OptionSelected) -> None:
        """Opens the delivery or event of a line."""
        if event.option_id is not None:
            self.app.push_screen(Inspector(self._desk, inspected.number_of(event.option_id)))

    def action_close(self) -> None:
        """Ends the search, or else goes back."""
        if not self.query_one(PayloadPane).end_search():
            self.dismiss()

    def action_search(self) -> None:
        """Searches in the payload."""
        self._go_to_tab("payload")
        self.query_one(PayloadPane).open_search()
