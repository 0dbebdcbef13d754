"""The Textual application: a thin frame around the screens."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType

from meterbase_tui.desk import Desk
from meterbase_tui.discretion import DiscretionChanged
from meterbase_tui.reading import Reading
from meterbase_tui.runtime import open_runtime
from meterbase_tui.screens.dashboard import Dashboard
from meterbase_tui.themes import THEMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from meterbase_tui.settings import Settings

_log = logging.getLogger(__name__)
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class MeterbaseApp(App[None]):
    """Shows a running receiver. It owns nothing: whoever opens the runtime closes it."""

    CSS_PATH = "app.tcss"
    TITLE = "meterbase-tui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("question_mark", "toggle_help", "Help", key_display="?", id="app.help"),
        Binding("P", "toggle_discretion", "Mask personal data", show=False, id="app.mask"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is there from the first frame."""
        return Dashboard(self._desk)

    def on_mount(self) -> None:
        """Takes the house's colours, and leaves the terminal clean whatever ends the program."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        loop = asyncio.get_running_loop()
        for number in _ENDING_SIGNALS:
            # Not every loop and platform has signal handlers.
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self.exit)

    def _fatal_error(self) -> None:
        """A sentence instead of Textual's traceback, which shows variables, payloads among them."""
        _log.critical("The screen ended", exc_info=self._exception)
        self.panic(
            Text(
                "The screen ended by a mistake of ours. Nothing that was acknowledged is lost: "
                "start the program again. The details are in the log beside the store; please "
                "report them."
            )
        )

    def action_toggle_discretion(self) -> None:
        """Masks names, e-mail addresses and phone numbers everywhere, or shows them again."""
        masked = self._desk.discretion.toggle()
        for screen in self.screen_stack:
            screen.post_message(DiscretionChanged())
        self._desk.tell(self, "Personal data is masked." if masked else "Personal data is shown.")

    def action_toggle_help(self) -> None:
        """Shows or hides all keys."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()


def run(settings: Settings, reload: Callable[[], Settings]) -> int:
    """Opens the receiver and the screen on it, until the user quits.

    Args:
        settings: what the user set.
        reload: reads the settings anew.

    Returns:
        The exit status: 0, or 1 when the screen ended by a mistake of ours.

    Raises:
        SettingsError, StoreError, PortError: what could not be opened, as a sentence.
    """
    with open_runtime(settings, reload=reload) as runtime:
        reading = Reading(runtime.database.path)
        desk = Desk(runtime, reading)
        try:
            app = MeterbaseApp(desk)
            app.run()
            return app.return_code or 0
        finally:
            desk.close()
            reading.close()
