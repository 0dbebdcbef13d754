"""What a running receiver tells the commands of the same user: its address, and how its tunnel is.

A private file beside the store. It is true only while the process that wrote it holds the store;
afterwards it still says which public address was the last one, for the next receiver.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from receiver.tunnel import Problem, ProviderName, TunnelState, TunnelStatus
from store.errors import NoReceiverError
from store.safekeeping.holder import find_holder

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Presence:
    """A receiver as it last described itself."""

    pid: int
    url: str
    """Where deliveries are posted to on that machine."""
    tunnel: TunnelStatus | None
    last_url: str | None
    """The public address that it has, or had last, scheme and host only."""
    earlier_url: str | None
    """The one before that."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A running receiver with its tunnel."""

    url: str
    """Where deliveries are posted to on this machine."""
    tunnel: TunnelStatus


def presence_path(store: Path) -> Path:
    """Where the receiver of a store describes itself."""
    real = Path(os.path.realpath(store))
    return real.with_name(real.name + ".running")


class Announcement:
    """Keeps the description up to date."""

    def __init__(self, store: Path, url: str) -> None:
        """Describes a receiver whose tunnel has not begun.

        Args:
            store: the store that this process has open for writing.
            url: where deliveries are posted to.
        """
        self._path = presence_path(store)
        before = _read(self._path)
        self._presence = Presence(
            os.getpid(),
            url,
            None,
            last_url=before.last_url if before else None,
            earlier_url=before.earlier_url if before else None,
        )
        self._write()
        self._had_address = self._presence.last_url is not None

    @property
    def first_address(self) -> bool:
        """Whether this run gave the store's receiver the first public address that it ever had."""
        return not self._had_address and self._presence.last_url is not None

    def telling(self, on_tunnel: Callable[[TunnelStatus], None]) -> Callable[[TunnelStatus], None]:
        """A listener to the tunnel that notes every status before it passes it on."""

        def tell(status: TunnelStatus) -> None:
            self.note(status)
            on_tunnel(status)

        return tell

    def note(self, status: TunnelStatus) -> None:
        """Takes a new status of the tunnel in. To be called from one thread."""
        known = replace(self._presence, tunnel=status)
        address = status.public_url
        if address is not None and address != known.last_url:
            known = replace(known, last_url=address, earlier_url=known.last_url)
        self._presence = known
        self._write()

    def _write(self) -> None:
        draft = self._path.with_name(self._path.name + ".new")
        content = json.dumps(asdict(self._presence), default=_plain)
        # Commands then say that they do not know; the receiver itself is not affected.
        with suppress(OSError):
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(content)
            draft.replace(self._path)


def read_presence(store: Path) -> Presence | None:
    """The receiver that has a store open now, as it describes itself; None if there is none."""
    found = _read(presence_path(store))
    return found if found is not None and found.pid == find_holder(store) else None


def require_presence(store: Path) -> Connected:
    """The receiver that has a store open now, with its tunnel.

    Raises:
        NoReceiverError: there is none; it says how to start one.
    """
    found = read_presence(store)
    if found is None or found.tunnel is None:
        raise NoReceiverError(
            f"No receiver has the store {store} open. Start `meterbase-tui` or `meterbase-tui "
            "listen` first."
        )
    return Connected(found.url, found.tunnel)


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _read(path: Path) -> Presence | None:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MOST_BYTES))
        tunnel = content["tunnel"]
        return Presence(
            int(content["pid"]),
            str(content["url"]),
            None if tunnel is None else _read_status(tunnel),
            content["last_url"],
            content["earlier_url"],
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _read_status(content: dict[str, Any]) -> TunnelStatus:
    problem = content["problem"]
    return TunnelStatus(
        **content
        | {
            "state": TunnelState(content["state"]),
            "provider": ProviderName(content["provider"]),
            "since": datetime.fromisoformat(content["since"]),
            "problem": None if problem is None else Problem(**problem),
        }
    )
