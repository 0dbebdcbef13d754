"""Settings: where they come from, what they may be, and what is in force.

The command line comes before the environment, the environment before `.env`, that before the user's
configuration file, and all of them before the defaults. Nothing is read at import: whoever loads
settings says which environment and which folders there are.
"""

from __future__ import annotations

from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.folders import (
    Folders,
    ensure_store_folder,
    find_folders,
)
from meterbase_tui.settings.loading import load_settings
from meterbase_tui.settings.record import Settings
from meterbase_tui.settings.secret_file import ensure_secret

__all__ = [
    "Folders",
    "Settings",
    "SettingsError",
    "ensure_secret",
    "ensure_store_folder",
    "find_folders",
    "load_settings",
]
