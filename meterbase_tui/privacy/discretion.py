"""Whether personal data is masked, for everything that shows or exports it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message

from meterbase_tui.privacy.discreet import mask_detail, mask_record
from receiver.contents.personal_data import mask_text, worth_masking
from store.reading.events import last_finish
from store.reading.tenancies import list_people

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from meterbase_tui.queries.details import Detail
    from receiver.contents.personal_data import Names
    from store.reader import Connection


T = TypeVar("T", bound="DataclassInstance")


class Discretion:
    """One for all screens, at `Desk.discretion`. What draws asks it; what was drawn is told.

    The masking itself is `receiver.contents.personal_data`'s. A screen that is open when the user
    changes their mind gets `DiscretionChanged`, and draws anew.
    """

    def __init__(self) -> None:
        self.masked = False
        """Whether names, e-mail addresses and phone numbers are to be hidden."""
        self.people: Names = frozenset()
        """What the store calls people, as far as that was learned: masked wherever it stands."""
        self._learned = -1

    def toggle(self) -> bool:
        """Changes it, and returns what holds now."""
        self.masked = not self.masked
        return self.masked

    def learn(self, connection: Connection) -> None:
        """Reads who is known, if that is of use now and more may be known than before. Blocks."""
        if self.masked and (finish := last_finish(connection)) != self._learned:
            self.people = worth_masking(list_people(connection))
            self._learned = finish

    def mask(self, text: str) -> str:
        """A text as it may be shown now."""
        return mask_text(text, self.people) if self.masked else text

    def show(self, record: T) -> T:
        """A record as it may be shown now, by `discreet.mask_record`."""
        return mask_record(record, self.people) if self.masked else record

    async def cover(self, detail: Detail) -> Detail:
        """A delivery as it may be shown now; masked in a thread, so that the screen never waits."""
        return await asyncio.to_thread(mask_detail, detail, self.people) if self.masked else detail


class DiscretionChanged(Message, bubble=False):
    """Sent to every open screen, those under a dialog included."""
