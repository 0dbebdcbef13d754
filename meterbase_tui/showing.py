"""The screen from its opening to its end: on a receiver of its own, or on another's store."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from meterbase_tui import opening
from meterbase_tui.app import MeterbaseApp
from meterbase_tui.guarded_tasks import SilentEndError
from meterbase_tui.terminal.keys import check_keymap
from meterbase_tui.terminal.signals import signals_given_back
from store.safekeeping.holder import find_holder
from store.safekeeping.lock import in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.opening import Opening
    from meterbase_tui.settings import Settings
    from meterbase_tui.terminal.memory import Memory


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
    # The frame would stand for a moment only to go away again.
    if (holder := find_holder(settings.db)) is not None:
        raise in_use(settings.db, holder)
    return _show(opening.open_own(settings, reload), memory)


def view(settings: Settings, memory: Memory) -> int:
    """Opens the screen on a store that another process receives into; reads only.

    Returns:
        As `run`.

    Raises:
        SettingsError, StoreError: what could not be opened, as a sentence.
    """
    check_keymap(settings.keys, settings.sources)
    return _show(opening.open_other(settings), memory)


def _show(opening: Opening, memory: Memory) -> int:
    with closing(opening):
        app = MeterbaseApp(opening, memory)
        with signals_given_back(lambda: app.ended_by_signal):
            app.run()
        if not app.was_asked_to_end:
            raise SilentEndError("The screen has ended, as if it had been cancelled.")
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
