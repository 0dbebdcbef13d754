"""The Textual application: a thin frame around the screens."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import closing, suppress
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import WorkerFailed

from meterbase_tui.desk import Desk
from meterbase_tui.discretion import DiscretionChanged
from meterbase_tui.keys import check_keymap, list_keys
from meterbase_tui.links import OtherReceiver, OwnReceiver
from meterbase_tui.memory import Memory
from meterbase_tui.palette import Commands
from meterbase_tui.reading import Reading
from meterbase_tui.runtime import open_runtime
from meterbase_tui.screens.dashboard import Dashboard
from meterbase_tui.screens.help import Help
from meterbase_tui.screens.too_small import TooSmall, is_too_small
from meterbase_tui.terminal_driver import TerminalDriver
from meterbase_tui.themes import THEMES, theme_after, theme_of, word_of
from meterbase_tui.version import name_window
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual import events
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from meterbase_tui.links import ReceiverLink
    from meterbase_tui.settings import Settings

_log = logging.getLogger(__name__)
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class MeterbaseApp(App[None]):
    """Shows a receiver and its store. It owns nothing: whoever opened them closes them."""

    CSS_PATH = "app.tcss"
    TITLE = "meterbase-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("question_mark", "help", "Help", key_display="?", id="app.help"),
        Binding("T", "next_theme", "Next theme", show=False, id="app.theme"),
        Binding("P", "toggle_discretion", "Mask personal data", show=False, id="app.mask"),
    ]

    def __init__(self, desk: Desk, memory: Memory | None = None) -> None:
        super().__init__()
        self._desk = desk
        self.key_names = desk.key_names
        self._memory = memory or Memory()
        self._ended = False

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is there from the first frame."""
        return Dashboard(self._desk)

    def on_mount(self) -> None:
        """Takes the user's colours and keys, and leaves the terminal clean however it ends."""
        for theme in THEMES:
            self.register_theme(theme)
        settings = self._desk.link.settings
        self.title = name_window(settings.profile)
        self.theme = theme_of(settings.theme or self._memory.theme).name
        self.set_keymap(dict(settings.keys))
        loop = asyncio.get_running_loop()
        for number in _ENDING_SIGNALS:
            # Not every loop and platform has signal handlers.
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self.exit)

    def get_driver_class(self) -> type[Driver]:
        """Ours for a terminal; what was asked for otherwise, as for a browser."""
        found = super().get_driver_class()
        return TerminalDriver if found.__name__ == "LinuxDriver" else found

    def watch_app_focus(self, focus: bool) -> None:  # noqa: FBT001 - as Textual calls it
        """Draws the keys, which a browser's page begins without until somebody turns to it."""
        if focus and self.screen_stack:
            self.screen.refresh_bindings()

    def choose_theme(self, theme: Theme) -> None:
        """Puts on a theme, now and the next time."""
        self.theme = theme.name
        self._memory.theme = word_of(theme)
        self._desk.tell(self, f"Theme: {word_of(theme)}")

    def on_resize(self, event: events.Resize) -> None:
        """Says that a terminal is too small, and goes on when it no longer is."""
        if is_too_small(event.size):
            if not isinstance(self.screen, TooSmall):
                self.push_screen(TooSmall())
        elif isinstance(self.screen, TooSmall):
            self.pop_screen()

    def _fatal_error(self) -> None:
        """A sentence instead of Textual's traceback, which shows variables, payloads among them.

        A timer may fail again until the screen has closed: the first mistake is the one to tell.
        """
        if self._ended:
            return
        self._ended = True
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            # It says what failed, and not where.
            error = error.error
        _log.critical("The screen ended by a mistake of ours", exc_info=error)
        self.panic(Text(_say_mistake(self._desk.link.settings.log_file)))

    def action_help(self) -> None:
        """Shows all keys that work on this screen."""
        self.push_screen(Help(list_keys(self.screen)))

    def action_next_theme(self) -> None:
        """Goes from dark to light to high contrast, and remembers it."""
        self.choose_theme(theme_after(self.theme))

    async def action_toggle_discretion(self) -> None:
        """Masks names, e-mail addresses and phone numbers everywhere, or shows them again."""
        masked = self._desk.discretion.toggle()
        # Names are known to the store only; a store that cannot be read shows nothing new either.
        with suppress(StoreError):
            await self._desk.reading.query(self._desk.discretion.learn)
        for screen in self.screen_stack:
            screen.post_message(DiscretionChanged())
        self._desk.tell(self, "Personal data is masked." if masked else "Personal data is shown.")


def _say_mistake(log_file: Path | None) -> str:
    return (
        "meterbase-tui: The screen ended by a mistake of ours. Nothing that was acknowledged is "
        "lost: start the program again. "
        + (f"What happened stands in the log: {log_file}. Please report it." if log_file else "")
    )


def run(settings: Settings, memory: Memory, reload: Callable[[], Settings]) -> int:
    """Opens the receiver and the screen on it, until the user quits.

    Args:
        settings: what the user set.
        memory: how the screen was left.
        reload: reads the settings anew.

    Returns:
        The exit status: 0, or 1 when the screen ended by a mistake of ours.

    Raises:
        SettingsError, StoreError, PortError: what could not be opened, as a sentence.
    """
    check_keymap(settings.keys, settings.sources)
    with open_runtime(settings, reload=reload) as runtime:
        return _show(OwnReceiver(runtime), memory)


def view(settings: Settings, memory: Memory) -> int:
    """Opens the screen on a store that another process receives into; reads only.

    Returns:
        As `run`.

    Raises:
        SettingsError, StoreError: what could not be opened, as a sentence.
    """
    check_keymap(settings.keys, settings.sources)
    return _show(OtherReceiver(settings), memory)


def _show(link: ReceiverLink, memory: Memory) -> int:
    with closing(Reading(link.settings.db)) as reading, closing(Desk(link, reading)) as desk:
        app = MeterbaseApp(desk, memory)
        app.run()
        return app.return_code or 0
