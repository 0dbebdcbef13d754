"""A line that is typed or pasted, with nothing in it that cannot be seen."""

from __future__ import annotations

from textual.widgets import Input

from meterbase_tui.text import visible

_MOST = 4_096


class LineInput(Input):
    """As Textual's, which gives a terminal whatever was pasted into it."""

    def validate_value(self, value: str) -> str:
        """Whatever becomes its text passes here."""
        return visible(value, _MOST)
