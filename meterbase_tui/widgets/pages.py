"""Tabs that stay where they were sent, however fast."""

from __future__ import annotations

from textual.widgets import TabbedContent, TabPane


class Pages(TabbedContent):
    """Textual's tabs, which do not follow the focus.

    It is told of by a message. Of keys that are typed fast, the next has gone on by then, and it
    would be taken back.
    """

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        """Whoever goes to a page gives it the focus, and not the other way round."""
        event.stop()
        event.prevent_default()
