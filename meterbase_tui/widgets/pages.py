"""Tabs that stay where they were sent, however fast."""

from __future__ import annotations

from textual.widgets import TabbedContent, TabPane, Tabs


class Pages(TabbedContent):
    """Textual's tabs, which follow neither the focus nor what was told of a tab before.

    Both are told of by a message. Of keys that are typed fast, the next has gone on by then, and it
    would be taken back. The first such message is that of the first tab, which is sent as soon as
    there are tabs: whoever opens a screen on another one has gone there before it comes.
    """

    def _on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Only the tab that is the active one by now counts."""
        if event.tab.id != event.tabs.active:
            event.stop()
            event.prevent_default()

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        """Whoever goes to a page gives it the focus, and not the other way round."""
        event.stop()
        event.prevent_default()
