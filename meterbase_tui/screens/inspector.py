"""The inspector: one delivery, whole."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static, TabbedContent, TabPane, Tabs

from meterbase_tui import portrait
from meterbase_tui.details import Detail, read_detail
from meterbase_tui.forward_portrait import draw_forwards
from meterbase_tui.widgets.json_view import JsonView
from store.errors import StoreError
from store.records import Verdict

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from meterbase_tui.desk import Desk

_LOOK_EVERY_S = 0.25
_TABS = ("payload", "headers", "signature", "processing", "forwarding")


class Inspector(Screen[None]):
    """Payload, headers, signature and processing of one delivery; follows what becomes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", id="inspector.close"),
        Binding("r", "replay", "Replay", tooltip="Send it again", id="delivery.replay"),
        Binding("right_square_bracket,l", "tab(1)", "Next tab", id="inspector.next"),
        Binding("left_square_bracket,h", "tab(-1)", "Previous tab", id="inspector.previous"),
        Binding("y", "copy_body", "Copy body", id="inspector.copy_body"),
    ]

    def __init__(self, desk: Desk, delivery_id: int) -> None:
        super().__init__()
        self._desk = desk
        self._delivery_id = delivery_id
        self._detail: Detail | None = None

    def compose(self) -> ComposeResult:
        """A heading, the tabs, and the keys."""
        yield Static(id="heading", markup=False)
        with TabbedContent(id="tabs"):
            with TabPane("Payload", id="payload"):
                yield JsonView(id="payload-view")
            for name in _TABS[1:]:
                with TabPane(name.title(), id=name), VerticalScroll():
                    yield Static(id=f"{name}-text", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Reads the delivery, and again while its outcome is not known."""
        self.query_one(Tabs).can_focus = False
        self.query_one("#payload-view").focus()
        self._follow()

    @work(description="reading a delivery")
    async def _follow(self) -> None:
        reading, seen = self._desk.reading, -1
        while self.is_attached:
            with suppress(StoreError):  # the dashboard tells of it
                revision = await reading.run(reading.reader.revision)
                if revision != seen:
                    await self._read()
                    seen = revision
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _read(self) -> None:
        try:
            detail = await self._desk.reading.query(
                lambda connection: read_detail(connection, self._delivery_id)
            )
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
            return
        if detail is None:
            self._desk.tell(self.app, f"Delivery {self._delivery_id} was pruned.")
            self.dismiss()
        elif detail != self._detail:
            self._show(detail)
            if detail.delivery.verdict in (Verdict.INVALID, Verdict.MISSING):
                found = await self._desk.diagnose(detail.content)
                self._fill("signature-text", portrait.draw_signature(detail, found))

    def _show(self, detail: Detail) -> None:
        if self._detail is None:
            self.query_one("#payload-view", JsonView).show(detail.content.body)
        self._detail = detail
        self._fill("heading", portrait.draw_heading(detail))
        self._fill("headers-text", portrait.draw_headers(detail))
        self._fill("signature-text", portrait.draw_signature(detail))
        self._fill("processing-text", portrait.draw_processing(detail))
        self._fill("forwarding-text", draw_forwards(detail.forwards))

    def _fill(self, name: str, content: Content) -> None:
        self.query_one(f"#{name}", Static).update(content)

    def action_tab(self, step: int) -> None:
        """Goes to the next or the previous tab."""
        tabs = self.query_one("#tabs", TabbedContent)
        name = _TABS[(_TABS.index(tabs.active) + step) % len(_TABS)]
        tabs.active = name
        target = "#payload-view" if name == "payload" else f"#{name} VerticalScroll"
        self.query_one(target).focus()

    def action_copy_body(self) -> None:
        """Copies the body as it came, as far as it is text."""
        if self._detail is not None:
            self.app.copy_to_clipboard(self._detail.content.body.decode("utf-8", "replace"))
            self._desk.tell(self.app, f"Copied {self._detail.content.size:,} bytes")

    @work(description="replaying")
    async def action_replay(self) -> None:
        """Sends the delivery again."""
        await self._desk.replay(self.app, self._delivery_id)
