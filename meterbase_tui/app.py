"""The Textual application: a thin frame around the screens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from meterbase_tui import collector
from meterbase_tui.ending import EndingApp
from meterbase_tui.opening import Opening
from meterbase_tui.screens import load_screens
from meterbase_tui.screens.frame import Frame
from meterbase_tui.screens.help import Help
from meterbase_tui.screens.too_small import TooSmall, is_too_small
from meterbase_tui.terminal.key_names import KeyNames
from meterbase_tui.terminal.keys import list_keys
from meterbase_tui.terminal.memory import Memory
from meterbase_tui.terminal.palette import Commands
from meterbase_tui.terminal.terminal_driver import TEXTUALS_OWN, TerminalDriver
from meterbase_tui.terminal.themes import THEMES, theme_after, theme_of, word_of
from meterbase_tui.version import name_window
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.geometry import Size
    from textual.screen import Screen
    from textual.theme import Theme

    from meterbase_tui.desk import Desk

_FRAME_S = 0.05
"""The frame is drawn before anything else takes the interpreter."""
_LIVE_S = 1.0


class MeterbaseApp(EndingApp):
    """Shows a receiver and its store. It owns nothing: whoever opened them closes them.

    Args:
        desk: what the screens work with, or what is going to open it once the frame stands.
        memory: how the screen was left.
    """

    CSS_PATH = "app.tcss"
    TITLE = "meterbase-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - as Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("question_mark", "help", "Help", key_display="?", id="app.help"),
        Binding("T", "next_theme", "Next theme", show=False, id="app.theme"),
        Binding("P", "toggle_discretion", "Mask personal data", show=False, id="app.mask"),
    ]

    def __init__(self, desk: Desk | Opening, memory: Memory | None = None) -> None:
        super().__init__(desk.settings.log_file)
        self._opening = desk if isinstance(desk, Opening) else None
        self._desk = None if isinstance(desk, Opening) else desk
        self._settings = desk.settings
        self.key_names = KeyNames(desk.settings.keys)
        self._memory = memory or Memory()
        self.failure: Exception | None = None
        """Why it could not be opened; the screen has ended then."""

    def get_default_screen(self) -> Screen[None]:
        """The dashboard, or its frame until all of it is opened."""
        return Frame() if self._desk is None else self._dashboard(self._desk)

    def _dashboard(self, desk: Desk) -> Screen[None]:
        # Here, since it takes the store, which is imported once the frame stands.
        from meterbase_tui.screens.dashboard import Dashboard  # noqa: PLC0415

        return Dashboard(desk)

    def on_mount(self) -> None:
        """Takes the user's colours and keys, and leaves the terminal clean however it ends."""
        for theme in THEMES:
            self.register_theme(theme)
        self.title = name_window(self._settings.profile)
        self.theme = theme_of(self._settings.theme or self._memory.theme).name
        self.set_keymap(dict(self._settings.keys))
        self.end_cleanly()
        if self._opening is not None:
            self._open(self._opening)

    @work(description="opening")
    async def _open(self, opening: Opening) -> None:
        """Opens the store and the receiver, and covers the frame with the dashboard."""
        try:
            drawn = asyncio.Event()
            self.screen.call_after_refresh(drawn.set)
            await drawn.wait()
            # What was drawn goes out by a thread of its own.
            await asyncio.sleep(_FRAME_S)
            desk = await asyncio.to_thread(opening.open)
        except Exception as error:  # noqa: BLE001 - whoever started the screen says it
            self.failure = error
            self.exit()
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self._desk = desk
        # On top of the frame, which is then as hidden as what is below any screen.
        await self.push_screen(self._dashboard(desk))
        self._fit(self.size)
        # What a key opens is imported when all that is in view is there.
        await asyncio.sleep(_LIVE_S)
        await asyncio.to_thread(load_screens)
        collector.end_start()

    def get_driver_class(self) -> type[Driver]:
        """Ours for a terminal; what was asked for otherwise, as for a browser."""
        found = super().get_driver_class()
        return TerminalDriver if found is TEXTUALS_OWN else found

    def watch_app_focus(self, focus: bool) -> None:  # noqa: FBT001 - as Textual calls it
        """Draws the keys, which a browser's page begins without until somebody turns to it."""
        if focus and self.screen_stack:
            self.screen.refresh_bindings()

    def choose_theme(self, theme: Theme) -> None:
        """Puts on a theme, now and the next time."""
        self.theme = theme.name
        self._memory.theme = word_of(theme)
        self._tell(f"Theme: {word_of(theme)}")

    def _tell(self, text: str) -> None:
        if self._desk is not None:
            self._desk.tell(self, text)

    def on_resize(self, event: events.Resize) -> None:
        """Says that a terminal is too small, and goes on when it no longer is."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        if is_too_small(size):
            if not isinstance(self.screen, TooSmall):
                self.push_screen(TooSmall())
        elif isinstance(self.screen, TooSmall):
            self.pop_screen()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual's; a key that is typed before its screen has its parts does nothing at all.

        It is not left to the program either, for which `q` means the end.
        """
        if isinstance(default_namespace, Widget) and not default_namespace.is_mounted:
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def action_help(self) -> None:
        """Shows all keys that work on this screen."""
        self.push_screen(Help(list_keys(self.screen)))

    def action_next_theme(self) -> None:
        """Goes from dark to light to high contrast, and remembers it."""
        self.choose_theme(theme_after(self.theme))

    async def action_toggle_discretion(self) -> None:
        """Masks names, e-mail addresses and phone numbers everywhere, or shows them again."""
        if self._desk is None:
            return
        # Here, since it takes the store.
        from meterbase_tui.privacy.discretion import DiscretionChanged  # noqa: PLC0415

        masked = self._desk.discretion.toggle()
        # Names are known to the store only; a store that cannot be read shows nothing new either.
        with suppress(StoreError):
            await self._desk.reading.query(self._desk.discretion.learn)
        for screen in self.screen_stack:
            screen.post_message(DiscretionChanged())
        self._tell("Personal data is masked." if masked else "Personal data is shown.")
