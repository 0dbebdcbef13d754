"""What the commands share: the options given so far, the streams, and the settings made of them."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

# By its package, whose modules are imported once settings are loaded: help does without.
from meterbase_tui import settings as setting
from meterbase_tui.cli.console import Console
from meterbase_tui.private_files import may_exist
from store.errors import StoreMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.settings import Settings
    from store.reader import Reader


class Session:
    """One run of the command line: the place where the process's surroundings are read."""

    def __init__(self) -> None:
        self.options: dict[str, object] = {}
        """Settings given on the command line, by name. A command's own come after the group's."""

    @cached_property
    def console(self) -> Console:
        """The process's streams."""
        return Console(sys.stdout, sys.stderr, os.environ)

    def load(self) -> Settings:
        """The settings in force; raises `SettingsError`."""
        return setting.load_settings(self.options, os.environ, Path.cwd(), setting.find_folders())

    def load_with_secret(self) -> Settings:
        """The settings with a signing secret; what is doubtful about them is said.

        Raises:
            SettingsError: a setting is wrong, or the secret's file cannot be used.
        """
        settings = setting.ensure_secret(self.load())
        self.warn(settings)
        return settings

    def warn(self, settings: Settings) -> None:
        """Says what looks like a mistake in the settings."""
        for warning in settings.warnings:
            self.console.say(f"Warning: {warning}")


def require_store(settings: Settings) -> None:
    """Makes sure that the default store is there; raises `StoreMissingError`."""
    if settings.source("db") == setting.DEFAULT and not may_exist(settings.db):
        raise StoreMissingError(
            f"There is no store at {settings.db} yet. Start `meterbase-tui` or `meterbase-tui "
            "listen`, or name another with --db."
        )


@contextmanager
def open_reader(settings: Settings) -> Iterator[Reader]:
    """The store, for reading; raises `StoreError`."""
    # Here, since it takes SQLAlchemy: commands that read no store do without.
    from store.reader import Reader  # noqa: PLC0415

    require_store(settings)
    reader = Reader(settings.db)
    try:
        yield reader
    finally:
        reader.close()
