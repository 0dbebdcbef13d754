"""The records: what is linked and registered, who lives where, and who pays what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static, TabbedContent, TabPane, Tabs

from meterbase_tui import record_lists
from meterbase_tui.discretion import DiscretionChanged
from meterbase_tui.known_records import KnownRecords, read_records
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.screens.inspector import Inspector
from meterbase_tui.text import visible
from receiver.bills import Allocation
from receiver.checks.wording import count
from store.errors import StoreError
from store.records import PropertyState

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets.option_list import Option

    from meterbase_tui.desk import Desk
    from store.records import Property

_TABS = ("properties", "connections", "units", "leases", "residents", "bill", "notifications")
_LOOK_EVERY_S = 0.5


class Records(Screen[None]):
    """Lists records by kind, and acts on the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", id="records.close"),
        Binding("l", "link", "Link or unlink", id="records.link"),
        Binding("i", "ignore", "Ignore", tooltip="Do not link it", id="records.ignore"),
        Binding("A", "register", "Register connection", id="records.register"),
        Binding("right,tab", "tab(1)", "Next tab", show=False, priority=True, id="records.next"),
        Binding(
            "left,shift+tab",
            "tab(-1)",
            "Previous tab",
            show=False,
            priority=True,
            id="records.previous",
        ),
        Binding("right_square_bracket", "bill(1)", "Next property", show=False, id="records.bill"),
        Binding(
            "left_square_bracket",
            "bill(-1)",
            "Previous property",
            show=False,
            id="records.bill_back",
        ),
        Binding("j", "move(1)", "Down", show=False, id="records.down"),
        Binding("k", "move(-1)", "Up", show=False, id="records.up"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._records = KnownRecords()
        self._seen = -1
        self._looking = False
        self._billed = 0
        """The place of the property whose bill is shown, among those that are linked."""

    def compose(self) -> ComposeResult:
        """A heading, a list for each kind, and the keys."""
        yield Static(id="heading", markup=False)
        with TabbedContent(id="tabs"):
            for name in _TABS:
                with TabPane(name.title(), id=name):
                    yield OptionList(id=f"{name}-list", classes="records", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Reads them, and again whenever the store has changed."""
        self.query_one(Tabs).can_focus = False
        self._list("properties").focus()
        self.set_interval(_LOOK_EVERY_S, self._look)
        self._look()

    @work(group="records", description="reading records")
    async def _look(self) -> None:
        if self._looking:
            return  # it will be asked again before long
        self._looking = True
        try:
            await self._read_anew()
        finally:
            self._looking = False

    async def _read_anew(self) -> None:
        reading = self._desk.reading
        try:
            revision = await reading.run(reading.reader.revision)
            if revision != self._seen:
                settings = self._desk.link.settings
                allocation = Allocation(settings.rubs_method, settings.rubs_vacant)
                # First, so that another bill that is asked for meanwhile is read after this.
                self._seen = revision
                before = self._records
                self._records = await reading.query(
                    lambda connection: read_records(connection, allocation, self._billed)
                )
                self._show(before)
        except StoreError as error:
            self._seen = -1
            self._desk.tell(self.app, str(error), severity="error")

    def _show(self, before: KnownRecords) -> None:
        records = self._records
        chosen = {name: self._key_under_cursor(name, before) for name in _TABS}
        review = sum(each.state is PropertyState.REVIEW for each in records.properties)
        properties = count(len(records.properties), "property", "properties")
        words = f"{properties}, {review:,} to review · {count(len(records.units), 'unit', 'units')}"
        heading = Content.from_markup("[b]Records[/]   $words", words=words)
        self.query_one("#heading", Static).update(heading)
        self._fill("properties", record_lists.property_options(records.properties))
        self._fill("connections", record_lists.connection_options(records.connections))
        today = datetime.now(UTC).date()
        self._fill("units", record_lists.unit_options(records.units, today))
        masked = self._desk.discretion.masked
        self._fill("leases", record_lists.lease_options(records.leases, masked=masked))
        self._fill("residents", record_lists.resident_options(records.residents, masked=masked))
        self._fill("bill", record_lists.bill_options(records.division))
        self._fill("notifications", record_lists.notification_options(records.notifications))
        for name, key in chosen.items():
            # The cursor stays on its record, wherever that stands now: keys act on it unasked.
            keys = records.keys(name)
            if key in keys and keys.index(key) < record_lists.MOST:
                self._list(name).highlighted = keys.index(key)

    def _key_under_cursor(self, name: str, records: KnownRecords) -> tuple[str, ...] | None:
        at, keys = self._list(name).highlighted, records.keys(name)
        return keys[at] if at is not None and at < len(keys) else None

    def _fill(self, name: str, options: list[Option]) -> None:
        shown = self._list(name)
        at = shown.highlighted
        shown.clear_options()
        shown.add_options(options)
        if at is not None and at < len(options):
            shown.highlighted = at
        else:
            shown.action_first()

    def _list(self, name: str) -> OptionList:
        return self.query_one(f"#{name}-list", OptionList)

    @property
    def _tab(self) -> str:
        return self.query_one("#tabs", TabbedContent).active

    @property
    def _place(self) -> int | None:
        shown = self._list(self._tab)
        option = shown.highlighted_option
        return None if option is None or option.id is None else int(option.id)

    @property
    def _property(self) -> Property | None:
        at = self._place
        return None if at is None or self._tab != "properties" else self._records.properties[at]

    @property
    def _connection_id(self) -> str | None:
        at = self._place
        if at is None or self._tab not in ("properties", "connections"):
            return None
        listed = self._records.connections if self._tab == "connections" else None
        return (listed or self._records.properties)[at].connection_id

    # What the keys do.

    @on(OptionList.OptionSelected)
    def open_chosen(self) -> None:
        """Opens what a line stands for: a property's bill, the last event of a unit, an event."""
        at = self._place
        if at is None:
            return
        if self._tab == "properties":
            self._bill_of(self._records.properties[at])
            return
        records = self._records
        if self._tab == "notifications":
            self._inspect(records.notifications[at].event_id, "processing")
        elif self._tab == "units":
            self._inspect(records.units[at].last_event_id, "history")
        elif self._tab in ("leases", "residents"):
            listed = records.leases if self._tab == "leases" else records.residents
            self._inspect(listed[at].last_event_id, "payload")

    def _inspect(self, event_id: int | None, tab: str) -> None:
        if event_id is None:
            self._desk.tell(self.app, "It came with a refresh, and no event is known of it.")
        else:
            self.app.push_screen(Inspector(self._desk, event_id, tab))

    @on(DiscretionChanged)
    def mask_or_show(self) -> None:
        """Draws anew what names people."""
        self._show(self._records)

    @work(description="ignoring a property", group="acting", exclusive=True)
    async def action_ignore(self) -> None:
        """Decides that the property under the cursor is not to be linked."""
        record = self._property
        if record is None or record.state is not PropertyState.REVIEW:
            self._desk.tell(self.app, "Choose a property to review; l unlinks a linked one.")
            return
        await self._perform(
            "unlink_property",
            f"{visible(record.property_id, 60)} is ignored. l links it all the same.",
            connection_id=record.connection_id,
            property_id=record.property_id,
        )

    @work(description="linking a property", group="acting", exclusive=True)
    async def action_link(self) -> None:
        """Links the property under the cursor, or unlinks it; after asking."""
        record = self._property
        if record is None:
            self._desk.tell(self.app, "Choose a property first.")
            return
        linked = record.state is PropertyState.LINKED
        question, deed = (
            ("Its events will not be processed any more; its records stay:", "unlink")
            if linked
            else ("Its events will be processed, those that were ignored too, in order:", "link")
        )
        if await self.app.push_screen_wait(Confirm(question, [_name(record)], deed)):
            await self._perform(
                f"{deed}_property",
                f"{deed.title()}ed {visible(record.property_id, 60)}.",
                connection_id=record.connection_id,
                property_id=record.property_id,
            )

    @work(description="registering a connection", group="acting", exclusive=True)
    async def action_register(self) -> None:
        """Registers the connection under the cursor, or that of the property."""
        connection_id = self._connection_id
        if connection_id is None:
            self._desk.tell(self.app, "Choose a connection or a property first.")
            return
        said = f"Registered {visible(connection_id, 60)}. Link its properties to process them."
        await self._perform("register_connection", said, connection_id=connection_id)

    async def _perform(self, operation: str, said: str, **arguments: str) -> None:
        try:
            await self._desk.link.perform(operation, **arguments)
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
            return
        self._desk.tell(self.app, said)
        self._look()

    def _bill_of(self, record: Property) -> None:
        linked = self._records.linked
        if record not in linked:
            self._desk.tell(self.app, "It is not linked, so no bill is divided: l links it.")
            return
        self._billed = linked.index(record)
        self._seen = -1
        self._look()
        self._go_to("bill")

    def action_bill(self, step: int) -> None:
        """Shows the bill of another property."""
        self._billed += step
        self._seen = -1
        self._look()
        self._go_to("bill")

    def action_tab(self, step: int) -> None:
        """Goes to the next or the previous tab."""
        self._go_to(_TABS[(_TABS.index(self._tab) + step) % len(_TABS)])

    def _go_to(self, name: str) -> None:
        self.query_one("#tabs", TabbedContent).active = name
        self._list(name).focus()

    def action_move(self, lines: int) -> None:
        """Moves through the list."""
        shown = self._list(self._tab)
        if self._tab == "bill":
            shown.scroll_relative(y=lines, animate=False)
        elif lines > 0:
            shown.action_cursor_down()
        else:
            shown.action_cursor_up()


def _name(record: Property) -> str:
    return f"{record.property_id} of {record.connection_id}: {record.name or 'without a name'}"
