"""Everything that the checks look at, gathered by somebody else. Frozen values; no secret in them.

`Facts` is what can be known at once. What takes a while or leaves a trace is in its `probes`, which
are asked for on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.background.pruner import Retention
    from receiver.background.workers import WorkerState
    from receiver.checks.exposure import ExposedFile
    from receiver.checks.probes import Probes
    from receiver.checks.store_facts import StoreFacts
    from receiver.tunnel import Problem, ProviderName, TunnelStatus
    from store.forwarding.forward_records import TargetTotals
    from store.pruning.limits import Limits
    from store.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """Where the signing secret comes from and what it looks like; never the secret."""

    source: str
    """As the subject of a sentence: `PROPEXO_WEBHOOK_SECRET in /srv/.env:3`."""
    length: int | None
    """In bytes; None while there is none."""
    generated: bool = False
    """Whether this program made it up, so that Propexo cannot know it."""
    unusable: str | None = None
    """Why it cannot be used, as a sentence."""
    quoted: bool = False
    """Whether it begins or ends with white space or a quote."""
    cut_off: bool = False
    """Whether the line in the file goes on after the value: a comment, or a secret with a #."""
    escaped: bool = False
    """Whether escape sequences in the file were turned into other characters."""
    times_set: int = 1
    """How often the file sets it; the last one counts."""
    passed_over: str | None = None
    """A place that holds another secret and does not count, being overridden by `source`."""
    outdated_by: str | None = None
    """A place that holds another secret now than the one in force since the start."""
    changed_at: datetime | None = None
    """When the file that it stands in was last changed."""
    rotating: bool = False
    """Whether a previous secret is accepted too."""
    previous_is_same: bool = False
    exposed: tuple[ExposedFile, ...] = ()
    adopted_at: datetime | None = None
    """When the receiver took another secret over from its file, while it ran."""
    unreadable: str | None = None
    """Why a file that was changed could not be used, as a sentence."""
    authentic: int = 0
    """Refused deliveries that prove authentic under the secrets in force."""


class PortState(StrEnum):
    """What a connection to the receiver's port met."""

    #: Our own receiver, in this process.
    OWN = "own"
    #: Something accepts connections; it was not asked what it is.
    OPEN = "open"
    CLOSED = "closed"
    #: No answer in time: a firewall, or an address that is not there.
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverFacts:
    """The receiver, in this process or another."""

    url: str
    """Where deliveries are posted to on this machine."""
    port: PortState
    alive: bool = True
    """Of our own receiver: whether its thread runs."""
    started_at: datetime | None = None
    """Of our own receiver: when it began."""
    loop_ms: float | None = None
    """Of our own receiver: how long its event loop takes to answer; None is longer than 1 s."""
    processor_running: bool | None = None
    """None for a receiver in another process."""
    processor_problem: str | None = None
    writer_alive: bool = True
    """Of our own receiver: whether the store's writer runs."""
    workers: tuple[WorkerState, ...] = ()
    """Of our own receiver: what works in the background."""
    holder: int | None = None
    """The process that holds the store, if another one does."""
    announced: bool = False
    """Whether that process said that it listens at `url`."""

    @property
    def running(self) -> bool:
        """Whether some receiver has the store open."""
        return self.port is PortState.OWN or self.holder is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """ngrok's agent, as far as its files tell."""

    path: str | None
    found_by: str | None = None
    """The setting or place that led to it."""
    token_from: str | None = None
    """Where its authtoken comes from; never the token."""
    problem: Problem | None = None
    why_off: str | None = None
    """What the tunnel `auto` lacks to use it."""
    proxied_by: str | None = None
    """What tells it to use a proxy."""
    install_to: str | None = None
    """Where one would be put if it was downloaded; None when one is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelFacts:
    """What was asked for, and what became of it."""

    provider: ProviderName
    """What the settings ask for."""
    status: TunnelStatus | None
    """None when no receiver runs, or when that of another process does not say."""
    webhook_url: str | None = None
    """The address for Propexo's dashboard."""
    earlier_url: str | None = None
    """The last other public address of this store's receiver, without a path."""
    agent: AgentFacts | None = None
    """None when ngrok is not asked for."""
    program: str | None = None
    """The program of the tunnel `command`."""
    program_found: bool = False


class TargetState(StrEnum):
    """What a connection to the forward target met."""

    OPEN = "open"
    REFUSED = "refused"
    UNKNOWN_HOST = "unknown_host"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class ForwardFacts:
    """Where deliveries are to be passed on to."""

    url: str
    state: TargetState
    totals: TargetTotals | None = None
    """What is open there, as far as the store can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionFacts:
    """How much of the log may be kept, and how far that is held."""

    limits: Limits
    state: Retention | None = None
    """Of our own receiver; None where none runs in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """The versions of the program and of what it stands on."""

    programs: tuple[tuple[str, str], ...]
    """Names and versions, the program itself first."""
    sqlite: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalFacts:
    """The terminal, as far as its variables tell."""

    term: str
    columns: int
    lines: int
    encoding: str
    true_colour: bool
    no_colour: bool = False
    multiplexer: str | None = None
    """tmux or screen, which stand between the program and the clipboard."""

    @property
    def unicode(self) -> bool:
        """Whether every sign can be written."""
        return self.encoding.lower().replace("-", "") in ("utf8", "utf16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it, at one moment."""

    now: datetime
    secret: SecretFacts
    receiver: ReceiverFacts
    store: StoreFacts
    log: Statistics | None
    """None when the store cannot be read."""
    tunnel: TunnelFacts
    forward: ForwardFacts | None = None
    """None when nothing is to be passed on."""
    retention: RetentionFacts | None = None
    versions: VersionFacts | None = None
    terminal: TerminalFacts | None = None
    """None when standard output is no terminal."""
    probes: Probes | None = None
    """None when nobody has looked closely yet."""
