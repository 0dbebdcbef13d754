"""Messages that stand on the screen for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterbase_tui.text import visible

if TYPE_CHECKING:
    from textual.app import App
    from textual.notifications import SeverityLevel

    from meterbase_tui.privacy.discretion import Discretion

_SHOWN_S = 4
_MOST_CHARACTERS = 600


class Messages:
    """Shows them, masked as the rest of the screen is."""

    def __init__(self, discretion: Discretion) -> None:
        self._discretion = discretion

    def tell(self, app: App[Any], text: str, *, severity: SeverityLevel = "information") -> None:
        """Shows a message in the place of the one before, whatever is in it."""
        # One message at a time: several would cover the panels that they speak of.
        app.clear_notifications()
        # Textual leaves the line in which a message stood, which would push the next one away.
        if app.screen_stack:
            app.screen.query("ToastHolder").remove()
        words = visible(self._discretion.mask(text), _MOST_CHARACTERS, newline=True)
        app.notify(words, severity=severity, timeout=_SHOWN_S, markup=False)
