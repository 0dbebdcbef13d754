"""Whether personal data is masked, for everything that shows or exports it."""

from __future__ import annotations

from textual.message import Message


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


class DiscretionChanged(Message, bubble=False):
    """Sent to every open screen, those under a dialog included."""
