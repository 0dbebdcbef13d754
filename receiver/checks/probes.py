"""What is found by looking closely: it takes a while or leaves a trace, so it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.tunnel import AgentVersion, Problem
    from store.safekeeping.integrity import BodyCheck, StructureCheck


class Greeting(StrEnum):
    """Who answered a GET on the receiver's path."""

    OURS = "ours"
    FOREIGN = "foreign"
    SILENT = "silent"
    NOBODY = "nobody"


class PingOutcome(StrEnum):
    """What became of a signed `test.ping` with a nonce."""

    #: Answered with 200, and it is in this store.
    ARRIVED = "arrived"
    #: A receiver of ours accepted it, but it is not in this store.
    OTHER_STORE = "other_store"
    #: A receiver of ours answered that the signature does not match.
    OTHER_SECRET = "other_secret"  # noqa: S105 - an outcome
    #: A receiver of ours answered something else.
    REFUSED = "refused"
    #: Somebody else answered.
    STRANGER = "stranger"
    #: The tunnel's service answered that nothing is connected to the address.
    TUNNEL_OFFLINE = "tunnel_offline"
    #: The tunnel's service answered that it cannot reach the receiver.
    UPSTREAM_DOWN = "upstream_down"
    #: The tunnel's service answered that a limit of the account is used up.
    LIMIT = "limit"
    UNTRUSTED = "untrusted"
    UNKNOWN_HOST = "unknown_host"
    NOT_CONNECTED = "not_connected"
    TIMED_OUT = "timed_out"
    #: The connection was closed without an HTTP answer.
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A self-test."""

    url: str
    outcome: PingOutcome
    ms: float
    status: int | None = None
    """Of the answer."""
    delivery_id: int | None = None
    """Its row in this store, also when the answer did not come back."""
    said: str | None = None
    """What whoever answered says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Requests that the tunnel's agent saw and this store has no row of."""

    missed: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    inspector_url: str


class Reach(StrEnum):
    """Whether the service of ngrok can be connected to."""

    REACHED = "reached"
    UNKNOWN_HOST = "unknown_host"
    NOT_CONNECTED = "not_connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What was found by looking closely. None stands for what was not looked at."""

    at: datetime
    greeting: Greeting | None = None
    greeted_by: str | None = None
    """What a foreign server on the port calls itself."""
    local_ping: Ping | None = None
    public_ping: Ping | None = None
    structure: StructureCheck | None = None
    bodies: BodyCheck | None = None
    agent_version: AgentVersion | Problem | None = None
    ngrok_service: Reach | None = None
    gap: Gap | None = None
    authentic: int = 0
    """Refused deliveries that prove authentic under the secrets of these settings."""
