"""The requests that ngrok's agent saw, compared with the log: did all of them reach us?"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from meterbase_tui.checking.web import exchange
from meterbase_tui.version import PROGRAM
from receiver.checks.probes import Gap
from receiver.tunnel import WEBHOOK_PATH
from store.statistics import find_bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.reader import Connection

_LOOKED_AT = 50
_MOST_ANSWER = 32 << 20
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_ANSWER = frozenset({502, 0})
"""What the agent notes when it could not reach the receiver, or lost it before an answer came."""
_IN_FLIGHT = timedelta(seconds=10)
"""A request without an answer that is younger may still get one."""

_OWN = f"\r\nuser-agent: {PROGRAM}/".encode("ascii")
"""How our own pings introduce themselves: one that does not get through is no webhook missed."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request that the agent could not pass on, or got no answer to."""

    checksum: bytes
    """SHA-256 of its body."""
    at: datetime | None


def ask_inspector(url: str, now: datetime, seconds: float = 2.0) -> list[Unanswered]:
    """The webhooks that the agent has no answer of ours for, the newest first.

    Args:
        url: the agent's local API; one that is not on this machine is not asked.
        now: the time.
        seconds: how long to wait.
    """
    if urlsplit(url).hostname not in _LOCAL:
        return []
    answer = exchange(
        "GET", f"{url}/api/requests/http?limit={_LOOKED_AT}", seconds=seconds, most=_MOST_ANSWER
    )
    content = answer.json
    requests = content.get("requests") if isinstance(content, dict) else None
    return list(_unanswered(requests, now)) if isinstance(requests, list) else []


def find_gap(connection: Connection, url: str, unanswered: list[Unanswered]) -> Gap:
    """Those of them that the log does not know: the answer to one that it knows was lost."""
    known = find_bodies(connection, {each.checksum for each in unanswered})
    missed = [each for each in unanswered if each.checksum not in known]
    times = [each.at for each in missed if each.at is not None]
    return Gap(
        missed=len(missed),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        inspector_url=url,
    )


def _unanswered(requests: list[Any], now: datetime) -> Iterator[Unanswered]:
    for entry in requests:
        try:
            request, answer = entry["request"], entry.get("response") or {}
            status = answer.get("status_code") or 0
            path = str(request["uri"]).partition("?")[0]
            at = _instant(entry.get("start"))
            raw = base64.b64decode(request["raw"], validate=False)
        except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
            continue
        if request.get("method") != "POST" or path != WEBHOOK_PATH or status not in _NO_ANSWER:
            continue
        head, _, body = raw.partition(b"\r\n\r\n")
        in_flight = not answer and at is not None and now - at <= _IN_FLIGHT
        if not in_flight and _OWN not in head.lower():
            yield Unanswered(hashlib.sha256(body).digest(), at)


def _instant(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC)
