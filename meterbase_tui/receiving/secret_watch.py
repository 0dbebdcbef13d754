"""Notices that the signing secret was changed in its file, and puts the new one in force.

Somebody who reads "401" edits `.env` and expects that to be all. A look at the files' times each
second costs nothing, and the secret before stays accepted until the program ends, so a half-typed
one loses nothing.
"""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meterbase_tui.settings import SettingsError, ensure_secret
from receiver.clock import now
from receiver.reverification import find_authentic
from store.errors import StoreError
from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from meterbase_tui.settings import Settings

_LOOK_EVERY_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SecretNews:
    """What became of the secret since the start, and what it proves now."""

    adopted_at: datetime | None = None
    """When another secret was put in force while the receiver ran."""
    source: str | None = None
    """Where that one stands."""
    problem: str | None = None
    """Why a changed file could not be used, as a sentence."""
    authentic: int = 0
    """Refused deliveries that prove authentic under the secrets in force."""


class SecretWatch:
    """Looks at the files on a thread of its own until `close`."""

    def __init__(
        self,
        settings: Settings,
        reload: Callable[[], Settings] | None,
        adopt: Callable[[Settings], None],
    ) -> None:
        """Begins to look.

        Args:
            settings: those in force.
            reload: reads them anew; None watches no file.
            adopt: is called with settings whose secrets are to be in force.
        """
        self.news = SecretNews()
        self._settings = settings
        self._reload = reload
        self._adopt = adopt
        self._files = (settings.env_file, settings.secret_file, settings.config_file)
        self._seen = self._look()
        self._stopping = threading.Event()
        self._recount = threading.Event()
        self._recount.set()
        self._thread = threading.Thread(target=self._run, name="secret-watch", daemon=True)
        self._thread.start()

    def recount(self) -> None:
        """Something was sent again: what still proves authentic has to be counted anew."""
        self._recount.set()

    def close(self) -> None:
        """Ends within a moment."""
        self._stopping.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - tomorrow's look must not miss for today's mistake
                _log.exception("The signing secret could not be looked after")
            self._stopping.wait(_LOOK_EVERY_S)

    def _turn(self) -> None:
        seen = self._look()
        if seen != self._seen and self._reload is not None:
            self._seen = seen
            self._read_anew(self._reload)
        if self._recount.is_set():
            self._recount.clear()
            self.news = replace(self.news, authentic=self._count())

    def _read_anew(self, reload: Callable[[], Settings]) -> None:
        try:
            changed = ensure_secret(reload())
        except SettingsError as error:
            self.news = replace(self.news, problem=str(error))
            return
        self.news = replace(self.news, problem=None)
        before, after = self._settings.secrets, changed.secrets
        if (before.current, before.previous) == (after.current, after.previous):
            return
        if after.current == before.current and after.previous is None:
            return
        # The secret before stays in force beside it, unless the file names another for that.
        previous = changed.previous_secret or before.current
        self._settings = replace(
            self._settings,
            secret=changed.secret,
            previous_secret=previous if previous != changed.secret else before.previous,
            sources={**self._settings.sources, "secret": changed.source("secret")},
        )
        self._adopt(self._settings)
        self.news = replace(self.news, adopted_at=now(), source=changed.source("secret"))
        self._recount.set()

    def _count(self) -> int:
        secrets = self._settings.secrets
        try:
            with closing(Reader(self._settings.db)) as reader, reader.connect() as connection:
                return len(find_authentic(connection, secrets))
        except StoreError:
            # What is wrong with the store is told elsewhere.
            return 0

    def _look(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_identify(path) for path in self._files)


def _identify(path: Path | None) -> tuple[int, int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
