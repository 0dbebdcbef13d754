"""What a check says: its verdict, the evidence, the next action, and what one key could do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CheckName(StrEnum):
    """The checks, in the order in which they are told."""

    SECRET = "secret"  # noqa: S105 - a name
    RECEIVER = "receiver"
    ENDPOINT = "endpoint"
    STORE = "store"
    TUNNEL_AGENT = "tunnel_agent"
    TUNNEL = "tunnel"
    PUBLIC_URL = "public_url"
    SIGNATURE_FAILURES = "signature_failures"
    CONNECTIONS = "connections"
    PROPERTIES = "properties"
    PROCESSING_ERRORS = "processing_errors"
    RESPONSE_TIME = "response_time"
    DUPLICATES = "duplicates"
    FORWARD_TARGET = "forward_target"
    CLOCK = "clock"
    DRIFT = "drift"
    RETENTION = "retention"
    SEARCH_INDEX = "search_index"
    VERSIONS = "versions"
    TERMINAL = "terminal"


class CheckStatus(StrEnum):
    """The verdict of a check."""

    PASS = "pass"  # noqa: S105 - a verdict
    #: Something to look at, or something outside of this program that is not as it should be.
    WARN = "warn"
    #: Something is broken until somebody does something.
    FAIL = "fail"
    #: There is nothing to judge.
    SKIP = "skip"


class ActionKind(StrEnum):
    """What one key could do about a check."""

    #: Copy the address for Propexo's dashboard.
    COPY_URL = "copy_url"
    #: Register `Action.connection_id`.
    REGISTER_CONNECTION = "register_connection"
    #: Link `Action.property_id` of `Action.connection_id`.
    LINK_PROPERTY = "link_property"
    RESTART_TUNNEL = "restart_tunnel"
    #: Process every failed event once more.
    REPROCESS_FAILED = "reprocess_failed"
    #: Process every ignored event once more.
    REPROCESS_IGNORED = "reprocess_ignored"
    #: Send a signed `test.ping` to ourselves: look closely.
    SEND_PING = "send_ping"
    #: Bring requests into the log that the tunnel's agent saw and the log lacks.
    RECOVER_REQUESTS = "recover_requests"
    #: Send refused deliveries again that prove authentic now.
    REVERIFY = "reverify"
    #: Pass on anew what failed at a forward target or is held.
    RETRY_FORWARDS = "retry_forwards"
    #: Download ngrok's agent. Only ever after a person was asked.
    INSTALL_AGENT = "install_agent"
    #: Open `Action.delivery_id`.
    SHOW_DELIVERY = "show_delivery"
    #: Open the event `Action.event_id`.
    SHOW_EVENT = "show_event"


@dataclass(frozen=True, slots=True)
class Action:
    """An action with what it is about. Its ids come from outside."""

    kind: ActionKind
    connection_id: str | None = None
    property_id: str | None = None
    delivery_id: int | None = None
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was made.

    `detail` and `fix` may quote ids and paths from outside: they pass `visible` before they are
    shown. They never hold a secret.
    """

    name: CheckName
    status: CheckStatus
    detail: str
    """What was found, with the evidence: counts, times, ids. Whole sentences."""
    fix: str | None = None
    """What to do next. On a check that passed it is advice."""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; a check may find several."""

    status: CheckStatus
    detail: str
    fix: str | None = None
    action: Action | None = None


_GRAVITY = (CheckStatus.FAIL, CheckStatus.WARN, CheckStatus.PASS, CheckStatus.SKIP)


def passed(detail: str, fix: str | None = None, action: Action | None = None) -> Finding:
    """All is well."""
    return Finding(CheckStatus.PASS, detail, fix, action)


def warning(detail: str, fix: str | None = None, action: Action | None = None) -> Finding:
    """Something to look at."""
    return Finding(CheckStatus.WARN, detail, fix, action)


def failure(detail: str, fix: str | None = None, action: Action | None = None) -> Finding:
    """Something is broken."""
    return Finding(CheckStatus.FAIL, detail, fix, action)


def skipped(detail: str, fix: str | None = None, action: Action | None = None) -> Finding:
    """There is nothing to judge."""
    return Finding(CheckStatus.SKIP, detail, fix, action)


def conclude(name: CheckName, findings: Iterable[Finding | None], otherwise: Finding) -> Check:
    """One verdict of several findings: the gravest counts, and its next action comes first.

    Args:
        name: the check.
        findings: what may be wrong; None for what is not.
        otherwise: what to say when nothing is.
    """
    found = sorted(filter(None, findings), key=lambda each: _GRAVITY.index(each.status))
    if not found:
        found = [otherwise]
    return Check(
        name,
        found[0].status,
        " ".join(each.detail for each in found),
        next((each.fix for each in found if each.fix), None),
        next((each.action for each in found if each.action), None),
    )
