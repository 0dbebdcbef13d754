"""The vocabulary of the tunnel: its states, its problems, and what a user may set.

Frozen values only; they may be read from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from receiver.arrival.route import WEBHOOK_PATH

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class TunnelState(StrEnum):
    """How far the tunnel is. The receiver works locally in every one of them."""

    OFF = "off"
    #: Looking for the program, its version and its configuration.
    PREPARING = "preparing"
    #: The program runs; there is no public address yet.
    STARTING = "starting"
    #: Requests to the public address are passed on, as far as the provider can know.
    ONLINE = "online"
    #: It was online, is not now, and comes back without anyone doing something.
    RECONNECTING = "reconnecting"
    #: Somebody has to do something, or wait; `TunnelStatus.problem` says what.
    FAILED = "failed"


class ProviderName(StrEnum):
    """Who makes the tunnel."""

    #: ngrok if an agent and a token are there, else none.
    AUTO = "auto"
    NGROK = "ngrok"
    #: Any program that prints a public address.
    COMMAND = "command"
    #: An address that the user already has.
    URL = "url"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no tunnel, in words for a person. Holds no secret and no control character."""

    code: str
    """Stable, for programs: one of ngrok's (`ERR_NGROK_334`) or one of ours (`no_network`)."""
    sentence: str
    """What happened and why."""
    cure: str
    """What to do next."""
    link: str | None = None
    """Documentation, where there is some."""


@dataclass(frozen=True, slots=True)
class TunnelStatus:
    """The tunnel at one moment."""

    state: TunnelState
    public_url: str | None
    """Scheme and host only; https, or http on this machine. See `webhook_url`."""
    problem: Problem | None
    provider: ProviderName
    since: datetime
    """When it came into this state, in UTC."""
    why_off: str | None = None
    """For `auto` that chose no tunnel: what is missing and how to get it. Not a problem."""
    inspector_url: str | None = None
    """The local API of ngrok's agent while it runs; it lists the requests that it saw."""


@dataclass(frozen=True, slots=True)
class TunnelSettings:
    """What a user may set. The token never appears in the `repr`."""

    state_dir: Path
    """A private directory: the record of running agents, their log, ngrok's minimal settings."""
    provider: ProviderName = ProviderName.AUTO
    ngrok_path: Path | None = None
    auth_token: str | None = field(default=None, repr=False)
    """ngrok's token; without it, the agent's own configuration is asked."""
    domain: str | None = None
    """A fixed domain of the ngrok account, with or without `https://`."""
    command: str | None = None
    """For `command`: an argv as a shell would split it, or a preset; `{port}` is replaced."""
    public_url: str | None = None
    """For `url`: the address that the user already has."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, in seconds."""

    version: float = 5.0
    """For an agent to say its version."""
    start: float = 25.0
    """From starting a program until its public address is known."""
    retries: tuple[float, ...] = (2.0, 5.0, 10.0, 30.0, 60.0)
    """Pauses before trying again what may pass by itself; the last one is repeated."""
    steady: float = 60.0
    """After so long online, the pauses start from the first one again."""
    wake: float = 30.0
    """After the computer slept: how long the agent may need to notice a dead connection."""
    tick: float = 1.0
    """How often a sleep of the computer is looked for."""


def webhook_url(status: TunnelStatus) -> str | None:
    """The address to paste into Propexo's dashboard, or None while there is none."""
    return None if status.public_url is None else status.public_url + WEBHOOK_PATH
