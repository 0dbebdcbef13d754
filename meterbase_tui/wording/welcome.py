"""What somebody is told who starts with an empty store: what runs, and which secret is in force."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from meterbase_tui.settings.definitions import BY_NAME, PROFILE
from meterbase_tui.version import PROGRAM

if TYPE_CHECKING:
    from meterbase_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Welcome:
    """A welcome, for the screen and for `listen`."""

    running: str
    """What runs, and where; one sentence without its full stop."""
    secret: str
    """Which secret is in force, and how it is seen."""
    own_secret: str | None
    """How to set Propexo's; None where one is set."""


def describe_welcome(settings: Settings, url: str) -> Welcome:
    """The welcome of a receiver at an address, under a secret that `ensure_secret` has seen to."""
    running = f"The receiver is running at {urlsplit(url).netloc}"
    if not settings.secret_generated:
        return Welcome(running, f"comes from {settings.source('secret')}", None)
    return Welcome(
        running,
        f"was generated; see it with: {PROGRAM} secret --reveal{_store_option(settings)}",
        f"PROPEXO_WEBHOOK_SECRET=… in {settings.env_file or '.env'}; it counts at once",
    )


def _store_option(settings: Settings) -> str:
    """What has to be typed, too, for another command to mean the same store."""
    if settings.source("db") == BY_NAME["db"].option:
        return f" --db {shlex.quote(str(settings.db))}"
    given = settings.source("profile") == PROFILE.option
    return f" --profile {settings.profile}" if given else ""
