"""Where the platform keeps this program's configuration and data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.record import DEFAULT

if TYPE_CHECKING:
    from meterbase_tui.settings.record import Settings

_PROGRAM = "meterbase-tui"


@dataclass(frozen=True, slots=True)
class Folders:
    """The user's folders of this program; none of them has to exist."""

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """The user's configuration."""
        return self.config / "config.toml"

    @property
    def samples(self) -> Path:
        """The user's own samples, when no other folder is named."""
        return self.data / "samples"

    def store(self, profile: str | None = None) -> Path:
        """The store, when no other is named; each profile has its own."""
        return self.data / (f"meterbase-{profile}.db" if profile else "meterbase.db")

    @property
    def log_file(self) -> Path:
        """The program's own log, when no other place is named."""
        return self.state / "logs" / "meterbase-tui.log"

    @property
    def screen_state(self) -> Path:
        """Where the screen keeps how it was left."""
        return self.state / "screen.json"


def find_folders() -> Folders:
    """The folders as the platform names them.

    `XDG_CONFIG_HOME`, `XDG_DATA_HOME` and `XDG_STATE_HOME` count.
    """
    return Folders(
        config=Path(platformdirs.user_config_dir(_PROGRAM, appauthor=False)),
        data=Path(platformdirs.user_data_dir(_PROGRAM, appauthor=False)),
        state=Path(platformdirs.user_state_dir(_PROGRAM, appauthor=False)),
    )


def makes_store_folder(settings: Settings) -> bool:
    """Whether a receiver makes the folder of its store: that of the default store only."""
    return settings.source("db") == DEFAULT


def ensure_store_folder(settings: Settings) -> None:
    """Creates the folder of the default store, readable by its owner only.

    The folder of a store that the user named must exist: a mistyped path shall not make one.

    Raises:
        SettingsError: it cannot be created.
    """
    if not makes_store_folder(settings):
        return
    folder = settings.db.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} for the store cannot be created ({error.strerror}). "
            "Choose another place with --db."
        ) from error
