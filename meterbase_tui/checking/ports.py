"""Whether something listens at an address, and what it says it is."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from meterbase_tui.checking.web import exchange
from meterbase_tui.version import PROGRAM, user_agent
from receiver.arrival.origin import ORIGIN_HEADER, mark
from receiver.checks.facts import PortState, TargetState
from receiver.checks.probes import Greeting, PingOutcome, Reach
from store.records import Origin

if TYPE_CHECKING:
    from receiver.judging.signing import Secrets

_METHOD_NOT_ALLOWED = 405
_LONGEST_NAME = 60


def look_at_port(url: str, seconds: float = 0.5) -> PortState:
    """Connects to the host and port of an address, and hangs up."""
    state = _connect(url, seconds)
    if state is TargetState.OPEN:
        return PortState.OPEN
    return PortState.CLOSED if state is TargetState.REFUSED else PortState.UNREACHABLE


def look_at_target(url: str, seconds: float = 1.0) -> TargetState:
    """The same for an application that deliveries are to be passed on to."""
    return _connect(url, seconds)


def reach(service: tuple[str, int], seconds: float = 3.0) -> Reach:
    """Whether a service on the internet can be connected to."""
    state = _connect(f"tcp://{service[0]}:{service[1]}", seconds)
    if state is TargetState.OPEN:
        return Reach.REACHED
    return Reach.UNKNOWN_HOST if state is TargetState.UNKNOWN_HOST else Reach.NOT_CONNECTED


def _connect(url: str, seconds: float) -> TargetState:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=seconds).close()
    except socket.gaierror:
        return TargetState.UNKNOWN_HOST
    except TimeoutError:
        return TargetState.SILENT
    except OSError:
        return TargetState.REFUSED
    return TargetState.OPEN


def greet(url: str, secrets: Secrets | None, seconds: float = 2.0) -> tuple[Greeting, str | None]:
    """Asks the receiver's path with GET, which only a receiver of ours refuses as ours does.

    It leaves a row in the log of whoever answers, marked as a sample where the secret is the same.

    Returns:
        Who answered, and what a stranger calls itself.
    """
    headers = [("User-Agent", user_agent())]
    if secrets is not None:
        headers.append((ORIGIN_HEADER, mark(secrets.current, b"", Origin.SAMPLE)))
    answer = exchange("GET", url, headers, seconds=seconds)
    if answer.failure is PingOutcome.NOT_CONNECTED:
        return Greeting.NOBODY, None
    if answer.failure is not None:
        return Greeting.SILENT, None
    name = answer.header("Server")
    if answer.status == _METHOD_NOT_ALLOWED and name == PROGRAM:
        return Greeting.OURS, None
    return Greeting.FOREIGN, name[:_LONGEST_NAME] or None
