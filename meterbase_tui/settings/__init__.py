"""Settings: where they come from, what they may be, and what is in force.

The command line comes before the environment, the environment before `.env`, that before the user's
configuration file, and all of them before the defaults. Nothing is read at import: whoever loads
settings says which environment and which folders there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from meterbase_tui.settings.errors import SettingsError
    from meterbase_tui.settings.folders import (
        Folders,
        ensure_store_folder,
        find_folders,
        makes_store_folder,
    )
    from meterbase_tui.settings.loading import load_settings
    from meterbase_tui.settings.record import DEFAULT, Settings
    from meterbase_tui.settings.secret_file import ensure_secret, with_known_secret
else:
    __getattr__ = find_names(
        __name__,
        {
            "errors": ("SettingsError",),
            "folders": (
                "Folders",
                "ensure_store_folder",
                "find_folders",
                "makes_store_folder",
            ),
            "loading": ("load_settings",),
            "record": ("DEFAULT", "Settings"),
            "secret_file": ("ensure_secret", "with_known_secret"),
        },
    )

__all__ = [
    "DEFAULT",
    "Folders",
    "Settings",
    "SettingsError",
    "ensure_secret",
    "ensure_store_folder",
    "find_folders",
    "load_settings",
    "makes_store_folder",
    "with_known_secret",
]
