"""The records: what is linked and registered, who lives where, and who pays what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static, TabbedContent, Tabs

from meterbase_tui.privacy.discreet import mask_records
from meterbase_tui.privacy.discretion import DiscretionChanged
from meterbase_tui.queries.known_records import KnownRecords, read_records
from meterbase_tui.screens.inspector import Inspector
from meterbase_tui.screens.record_keys import RecordKeys
from meterbase_tui.screens.record_tab import RecordTab
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.pages import Pages
from meterbase_tui.wording.record_pages import TABS, Frame, describe_records, draw_page
from receiver.billing.bills import Allocation
from store.errors import StoreError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from store.reader import Connection
    from store.records import Property

_LOOK_EVERY_S = 0.5
_BESIDE = 4
"""Cells of a tab that are not the list's: its padding, and the scrollbar."""


class Records(RecordKeys):
    """Lists records by kind, and acts on the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", id="records.close"),
        Binding("right,tab", "tab(1)", "Next tab", priority=True, id="records.next"),
        Binding(
            "left,shift+tab",
            "tab(-1)",
            "Tab back",
            show=False,
            priority=True,
            id="records.previous",
        ),
        Binding("right_square_bracket", "bill(1)", "Next bill", show=False, id="records.bill"),
        Binding("left_square_bracket", "bill(-1)", "Bill back", show=False, id="records.bill_back"),
        Binding("j", "move(1)", "Down", show=False, id="records.down"),
        Binding("k", "move(-1)", "Up", show=False, id="records.up"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._records = KnownRecords()
        self._in_view = ""
        """The tab that was drawn last."""
        self._seen = -1
        self._looking = False
        self._billed = 0
        """The place of the property whose bill is shown, among those that are linked."""

    def compose(self) -> ComposeResult:
        """A heading, a list for each kind, and the keys."""
        yield Static(id="heading", markup=False)
        with Pages(id="tabs"):
            for name in TABS:
                yield RecordTab(name, opens=name not in ("connections", "bill"))
        yield KeyBar()

    def on_mount(self) -> None:
        """Reads them, and again whenever the store has changed."""
        self.query_one(Tabs).can_focus = False
        self._list("properties").focus()
        self.set_interval(_LOOK_EVERY_S, self._look)
        self._look()

    # Reading and showing.

    @work(group="records", description="reading records")
    async def _look(self) -> None:
        if self._looking:
            return  # it will be asked again before long
        self._looking = True
        try:
            await self._read_anew()
        finally:
            self._looking = False

    def _look_anew(self) -> None:
        self._seen = -1
        self._look()

    async def _read_anew(self) -> None:
        reading = self._desk.reading
        try:
            revision = await reading.run(reading.reader.revision)
            if revision != self._seen:
                # First, so that another bill that is asked for meanwhile is read after this.
                self._seen = revision
                self._records = await reading.query(self._query)
                self._show()
        except StoreError as error:
            self._seen = -1
            self._desk.tell(self.app, str(error), severity="error")

    def _query(self, connection: Connection) -> KnownRecords:
        self._desk.discretion.learn(connection)
        settings = self._desk.link.settings
        allocation = Allocation(settings.rubs_method, settings.rubs_vacant)
        return read_records(connection, allocation, self._billed, dismissed=self._with_dismissed)

    def _show(self) -> None:
        words = describe_records(self._records)
        heading = Content.from_markup("[b]Records[/]   $words", words=words)
        if self._desk.discretion.masked:
            heading += Content.from_markup("   [$text-accent]▒ masked[/]")
        self.query_one("#heading", Static).update(heading)
        self._draw(self._tab)

    def _draw(self, name: str) -> None:
        discretion, records = self._desk.discretion, self._records
        shown = mask_records(records, discretion.people) if discretion.masked else records
        today = datetime.now(UTC).date()
        frame = Frame(max(1, self.size.width - _BESIDE), today, self._desk.key_names)
        page = draw_page(name, shown, frame)
        self._listed, self._in_view = records, name
        self._page(name).show(page, records.keys(name))
        if name == self._tab and self.focused is None:
            self._list(name).focus()  # it was empty, and hidden

    def _page(self, name: str) -> RecordTab:
        return self.query_one(f"#{name}", RecordTab)

    def _list(self, name: str) -> OptionList:
        return self._page(name).lines

    def on_resize(self) -> None:
        """The columns share another width."""
        if self._seen >= 0:
            self._draw(self._tab)

    @on(DiscretionChanged)
    def mask_or_show(self) -> None:
        """Reads anew who is known, and draws anew what names people."""
        self._look_anew()

    @on(TabbedContent.TabActivated)
    def show_tab(self) -> None:
        """Draws a tab that was gone to by the mouse, and offers its keys."""
        if self._seen >= 0 and self._in_view != self._tab:
            self._draw(self._tab)
        self.refresh_bindings()

    @property
    def _tab(self) -> str:
        return self.query_one("#tabs", TabbedContent).active or TABS[0]

    @property
    def _place(self) -> int | None:
        option = self._list(self._tab).highlighted_option
        return None if option is None or option.id is None else int(option.id)

    # Going about.

    @on(OptionList.OptionSelected)
    def open_chosen(self) -> None:
        """Opens what a line stands for: a property's bill, the last event of a unit, an event."""
        at, records, tab = self._place, self._listed, self._tab
        if at is None:
            return
        if tab == "properties":
            self._bill_of(records.properties[at])
        elif tab == "notifications":
            self._inspect(records.notifications[at].event_id, "processing")
        elif tab == "units":
            self._inspect(records.units[at].last_event_id, "history")
        else:
            listed = records.leases if tab == "leases" else records.residents
            self._inspect(listed[at].last_event_id, "payload")

    def _inspect(self, event_id: int | None, tab: str) -> None:
        if event_id is None:
            self._tell("It came with a refresh, and no event is known of it.")
        else:
            self.app.push_screen(Inspector(self._desk, event_id, tab))

    def _bill_of(self, record: Property) -> None:
        linked = self._listed.linked
        if record not in linked:
            key = self._desk.key_names.of("records.link")
            self._tell(f"It is not linked, so no bill is divided: {key} links it.")
            return
        self._billed = linked.index(record)
        self._go_to("bill")
        self._look_anew()

    def action_bill(self, step: int) -> None:
        """Shows the bill of another property."""
        self._billed += step
        self._go_to("bill")
        self._look_anew()

    def action_tab(self, step: int) -> None:
        """Goes to the next or the previous tab."""
        self._go_to(TABS[(TABS.index(self._tab) + step) % len(TABS)])

    def _go_to(self, name: str) -> None:
        self.query_one("#tabs", TabbedContent).active = name
        if self._seen >= 0:
            self._draw(name)  # at once: the next key may be there already
        self._list(name).focus()

    def action_move(self, lines: int) -> None:
        """Moves through the list."""
        shown = self._list(self._tab)
        (shown.action_cursor_down if lines > 0 else shown.action_cursor_up)()
