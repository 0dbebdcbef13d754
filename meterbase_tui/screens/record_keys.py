"""What the keys do to the record under the cursor: by the receiver, and told afterwards."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from meterbase_tui.queries.known_records import KnownRecords
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.text import visible
from receiver.checks.wording import count
from store.errors import StoreError
from store.records import PropertyState

if TYPE_CHECKING:
    from meterbase_tui.desk import Desk
    from store.records import Json, Notification, Property

_TABS_OF = {
    "link": ("properties",),
    "ignore": ("properties",),
    "register": ("properties", "connections"),
    "dismiss_one": ("notifications",),
    "dismiss_all": ("notifications",),
    "undo": ("notifications",),
    "show_dismissed": ("notifications",),
    "bill": ("properties", "bill"),
}
"""On which tabs a key does something; it is not offered on the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to be done to the store."""

    operation: str
    arguments: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    """What to say when it was done; nothing for what says it otherwise."""
    question: str = ""
    """What to ask before; nothing where it can be taken back."""
    about: str = ""
    verb: str = ""


class RecordKeys(Screen[None]):
    """A screen of records. What it lists is in the class derived from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "link", "Link", tooltip="Link or unlink", id="records.link"),
        Binding("i", "ignore", "Ignore", tooltip="Do not link it", id="records.ignore"),
        Binding("A", "register", "Register", tooltip="Register connection", id="records.register"),
        Binding("x", "dismiss_one", "Dismiss", id="records.dismiss"),
        Binding("X", "dismiss_all", "Dismiss all", id="records.dismiss_all"),
        Binding("z", "undo", "Undo", tooltip="Bring back what was dismissed", id="records.undo"),
        Binding("D", "show_dismissed", "Dismissed", id="records.dismissed"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._listed = KnownRecords()
        """What stands on the tab that is looked at."""
        self._with_dismissed = False
        self._dismissed: list[list[int]] = []
        """What was dismissed here, for undoing it; the last is undone first."""
        self._acting = asyncio.Lock()
        """What keys ask for is done one after the other; none of it is given up for the next."""

    @property
    @abstractmethod
    def _tab(self) -> str:
        """The tab that is looked at."""

    @property
    @abstractmethod
    def _place(self) -> int | None:
        """The place of the record under the cursor, on its tab."""

    @abstractmethod
    def _look_anew(self) -> None:
        """Reads the records again."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key is there on the tabs where it does something."""
        if action in _TABS_OF:
            return self._tab in _TABS_OF[action]
        return super().check_action(action, parameters)

    @property
    def _property(self) -> Property | None:
        at = self._place
        return None if at is None or self._tab != "properties" else self._listed.properties[at]

    @property
    def _connection_id(self) -> str | None:
        at = self._place
        if at is None:
            return None
        if self._tab == "connections":
            return self._listed.connections[at].connection_id
        return self._listed.properties[at].connection_id if self._tab == "properties" else None

    @property
    def _notification(self) -> Notification | None:
        at = self._place
        tab = self._tab
        return None if at is None or tab != "notifications" else self._listed.notifications[at]

    def _tell(self, words: str) -> None:
        self._desk.tell(self.app, words)

    @work(description="changing a record")
    async def _act(self, deed: Deed) -> None:
        async with self._acting:
            await self._perform(deed)

    async def _perform(self, deed: Deed) -> Json | None:
        """Does it, after asking where it asks; None when it was not done."""
        if deed.question:
            about = [self._desk.discretion.mask(deed.about)]
            if not await self.app.push_screen_wait(Confirm(deed.question, about, deed.verb)):
                return None
        try:
            done = await self._desk.link.perform(deed.operation, **deed.arguments)
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
            return None
        if deed.said:
            self._tell(deed.said)
        self._look_anew()
        return done

    def action_ignore(self) -> None:
        """Decides that the property under the cursor is not to be linked."""
        record = self._property
        link = self._desk.key_names.of("records.link")
        if record is None or record.state is not PropertyState.REVIEW:
            self._tell(f"Choose a property to review; {link} unlinks a linked one.")
            return
        said = f"{visible(record.property_id, 60)} is ignored. {link} links it all the same."
        self._act(Deed(operation="unlink_property", arguments=_key_of(record), said=said))

    def action_link(self) -> None:
        """Links the property under the cursor, or unlinks it; after asking."""
        record = self._property
        if record is None:
            self._tell("Choose a property first.")
            return
        linked = record.state is PropertyState.LINKED
        question, verb = (
            ("Its events will not be processed any more; its records stay:", "unlink")
            if linked
            else ("Its events will be processed, those that were ignored too, in order:", "link")
        )
        self._act(
            Deed(
                operation=f"{verb}_property",
                arguments=_key_of(record),
                said=f"{verb.title()}ed {visible(record.property_id, 60)}.",
                question=question,
                about=_name(record),
                verb=verb,
            )
        )

    def action_register(self) -> None:
        """Registers the connection under the cursor, or that of the property."""
        connection_id = self._connection_id
        if connection_id is None:
            self._tell("Choose a connection or a property first.")
            return
        said = f"Registered {visible(connection_id, 60)}. Link its properties to process them."
        arguments = {"connection_id": connection_id}
        self._act(Deed(operation="register_connection", arguments=arguments, said=said))

    def action_dismiss_one(self) -> None:
        """Takes the notification under the cursor off the list."""
        notification = self._notification
        if notification is None:
            self._tell("Choose a notification first.")
        elif notification.dismissed_at is not None:
            self._restore([notification.id])
        else:
            self._dismiss([notification.id])

    def action_dismiss_all(self) -> None:
        """Takes all notifications off the list, those too that are too old to be listed here."""
        if any(each.dismissed_at is None for each in self._listed.notifications):
            self._dismiss(None)
        else:
            self._tell("There is nothing to dismiss.")

    def action_undo(self) -> None:
        """Brings back what was dismissed last."""
        if self._dismissed:
            self._restore(self._dismissed.pop())
        else:
            key = self._desk.key_names.of("records.dismissed")
            self._tell(f"Nothing was dismissed here. {key} shows what was dismissed before.")

    def action_show_dismissed(self) -> None:
        """Lists what was dismissed, too, or leaves it out again."""
        self._with_dismissed = not self._with_dismissed
        self._look_anew()

    @work(description="dismissing")
    async def _dismiss(self, ids: list[int] | None) -> None:
        operation, arguments = "dismiss_notifications", {"notification_ids": ids}
        async with self._acting:
            done = await self._perform(Deed(operation=operation, arguments=arguments))
        if isinstance(done, list) and done:
            self._dismissed.append([each for each in done if isinstance(each, int)])
            key = self._desk.key_names.of("records.undo")
            words = count(len(done), "notification")
            self._tell(
                f"Dismissed {words}. {key} brings {'it' if len(done) == 1 else 'them'} back."
            )

    def _restore(self, ids: list[int]) -> None:
        said = f"Brought back {count(len(ids), 'notification')}."
        arguments = {"notification_ids": ids}
        self._act(Deed(operation="restore_notifications", arguments=arguments, said=said))


def _key_of(record: Property) -> dict[str, Any]:
    return {"connection_id": record.connection_id, "property_id": record.property_id}


def _name(record: Property) -> str:
    return f"{record.property_id} of {record.connection_id}: {record.name or 'without a name'}"
