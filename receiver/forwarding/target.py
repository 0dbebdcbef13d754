"""Where deliveries are passed on to, and which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from receiver.arrival.route import WEBHOOK_PATH

if TYPE_CHECKING:
    from receiver.arrival.hops import HeaderLines
    from store.forwarding.forward_queue import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardTarget:
    """An application that takes deliveries; an empty filter takes all of them."""

    url: str
    """As the user wrote it, without credentials. It is also the target's name in the store."""
    events: tuple[str, ...] = ()
    resource_types: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    headers: HeaderLines = field(default=(), repr=False)
    """Sent besides the delivery's own; one of the same name takes its place."""

    def wants(self, candidate: Candidate) -> bool:
        """Whether a delivery is for this target."""
        return (
            _allows(self.events, candidate.event)
            and _allows(self.resource_types, candidate.resource_type)
            and _allows(self.connections, candidate.connection_id)
        )

    def address_for(self, path: str) -> str:
        """Where a delivery goes that came to `path`.

        A target without a path of its own gets the receiver's; the delivery's query goes along.
        """
        parts = urlsplit(self.url)
        base = f"{parts.scheme}://{parts.netloc}{_path(parts.path)}"
        query = "&".join(filter(None, (parts.query, path.partition("?")[2])))
        return f"{base}?{query}" if query else base


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardSettings:
    """What a user may set."""

    targets: tuple[ForwardTarget, ...] = ()
    most_backlog: int = 100
    """How many deliveries that are left from before are sent without asking."""
    wait: bool = False
    """Whether the first target's answer is the answer to the sender."""


def _path(path: str) -> str:
    return WEBHOOK_PATH if path in ("", "/") else path


def _allows(wanted: tuple[str, ...], value: str | None) -> bool:
    return not wanted or value in wanted
