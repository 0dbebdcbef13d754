"""The requests that ngrok's agent saw, compared with the log: did all of them reach us?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from meterbase_tui.checking.web import exchange
from meterbase_tui.version import PROGRAM
from receiver.checks.probes import Gap
from receiver.tunnel import WEBHOOK_PATH
from receiver.tunnel.inspection import SeenRequest, read_requests
from store.statistics import find_bodies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from store.reader import Connection

_LOOKED_AT = 50
_MOST_ANSWER = 80 << 20
"""Fifty bodies of a mebibyte in Base64."""
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_ANSWER = frozenset({502, 0, None})
"""What the agent notes when it could not reach the receiver, or lost it before an answer came."""
_IN_FLIGHT = timedelta(seconds=10)
"""A request without an answer that is younger may still get one."""

_OWN = f"{PROGRAM}/".encode("ascii")
"""How our own pings introduce themselves: one that does not get through is no webhook missed."""


class InspectorError(Exception):
    """The agent cannot be asked; `str()` says why."""


def ask_inspector(url: str, now: datetime, seconds: float = 2.0) -> list[SeenRequest]:
    """The webhooks that the agent has no answer of ours for, the newest first.

    Args:
        url: the agent's local API; one that is not on this machine is not asked.
        now: the time.
        seconds: how long to wait.

    Raises:
        InspectorError: it is not on this machine, or does not answer as an agent does.
    """
    if _host(url) not in _LOCAL:
        raise InspectorError(f"{url} is not the address of an agent on this machine.")
    answer = exchange(
        "GET", f"{url}/api/requests/http?limit={_LOOKED_AT}", seconds=seconds, most=_MOST_ANSWER
    )
    if not isinstance(answer.json, dict):
        raise InspectorError(f"No ngrok agent answers at {url}.")
    return [request for request in read_requests(answer.json) if _is_unanswered(request, now)]


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def find_missed(connection: Connection, unanswered: Sequence[SeenRequest]) -> list[SeenRequest]:
    """Those of them that the log does not know: the answer to one that it knows was lost.

    Args:
        connection: where to look.
        unanswered: the newest first.

    Returns:
        The oldest first, and one request a body: Propexo's retries repeat it.
    """
    by_body: dict[bytes, SeenRequest] = {}
    for request in reversed(unanswered):
        by_body.setdefault(request.checksum, request)
    known = find_bodies(connection, set(by_body))
    return [request for checksum, request in by_body.items() if checksum not in known]


def find_gap(connection: Connection, url: str, unanswered: list[SeenRequest]) -> Gap:
    """The gap between what the agent saw and what the log knows."""
    missed = find_missed(connection, unanswered)
    times = [each.at for each in missed if each.at is not None]
    return Gap(
        missed=len(missed),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        inspector_url=url,
    )


def _is_unanswered(request: SeenRequest, now: datetime) -> bool:
    if request.method != "POST" or request.path != WEBHOOK_PATH:
        return False
    if request.status not in _NO_ANSWER or _is_own(request):
        return False
    in_flight = request.status is None and request.at is not None and now - request.at <= _IN_FLIGHT
    return not in_flight


def _is_own(request: SeenRequest) -> bool:
    return any(
        name.lower() == b"user-agent" and value.lower().startswith(_OWN)
        for name, value in request.headers
    )
