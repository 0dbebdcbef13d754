"""The box that chooses whether people's data is masked in what is written."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class MaskBox(Checkbox):
    """Says by a sign and in a word what it is set to; a `Checkbox` says it by a colour alone."""

    def __init__(self, *, masked: bool) -> None:
        super().__init__(_describe(masked=masked), masked, compact=True)
        self.BUTTON_INNER = _sign(masked=masked)

    def watch_value(self) -> None:
        """Draws the other sign and word."""
        super().watch_value()
        self.BUTTON_INNER = _sign(masked=self.value)
        self.label = Content(_describe(masked=self.value))


def _sign(*, masked: bool) -> str:
    return "✓" if masked else " "


def _describe(*, masked: bool) -> str:
    return f"Mask names, e-mail addresses and phone numbers: {'yes' if masked else 'no'}"
