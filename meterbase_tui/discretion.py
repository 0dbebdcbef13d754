"""Whether personal data is masked, for everything that shows or exports it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.message import Message

from meterbase_tui.discreet import mask_detail

if TYPE_CHECKING:
    from meterbase_tui.details import Detail


class Discretion:
    """One for all screens, at `Desk.discretion`. What draws asks it; what was drawn is told.

    The masking itself is `receiver.personal_data`'s. A screen that is open when the user changes
    their mind gets `DiscretionChanged`, and draws anew.
    """

    def __init__(self) -> None:
        self.masked = False
        """Whether names, e-mail addresses and phone numbers are to be hidden."""

    def toggle(self) -> bool:
        """Changes it, and returns what holds now."""
        self.masked = not self.masked
        return self.masked

    async def cover(self, detail: Detail) -> Detail:
        """A delivery as it may be shown now; masked in a thread, so that the screen never waits."""
        return await asyncio.to_thread(mask_detail, detail) if self.masked else detail


class DiscretionChanged(Message, bubble=False):
    """Sent to every open screen, those under a dialog included."""
