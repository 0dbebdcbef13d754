"""The self-test: a signed `test.ping` with a nonce, and what became of it."""

from __future__ import annotations

import hashlib
import json
import secrets as randomness
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meterbase_tui.checking.web import Exchange, exchange
from meterbase_tui.version import PROGRAM, user_agent
from receiver.checks.probes import Ping, PingOutcome
from sample_payloads.sending import build_sample
from store.reading.deliveries import read_content
from store.statistics import find_bodies

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.judging.signing import Secrets
    from store.reader import Connection

_OK, _UNAUTHORISED = 200, 401
_OFFLINE_CODES = frozenset({"3200"})
_UPSTREAM_CODES = frozenset({"3004", "8012"})
_LIMIT_CODES = frozenset({"725", "727", "734"})
_UPSTREAM_STATUSES = frozenset({502, 504})
_OFFLINE_STATUS = 530
"""What Cloudflare answers for a tunnel that nothing is connected to."""
_OWN_ERRORS = frozenset(
    {"invalid_json", "invalid_envelope", "too_large", "timeout", "store_unavailable", "not_found",
     "method_not_allowed", "unsupported_encoding", "incomplete"}
)  # fmt: skip
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SentPing:
    """A ping with its answer, before anybody has looked for it in the store."""

    ping: Ping
    body: bytes


def send_ping(
    url: str, secrets: Secrets, at: datetime, *, seconds: float, by_proxy: bool = False
) -> SentPing:
    """Posts a signed `test.ping` with a nonce, marked as a sample of ours.

    Args:
        url: the receiver's address, on this machine or the public one.
        secrets: the signing secrets.
        at: its time stamp.
        seconds: how long to wait for the answer.
        by_proxy: whether to go by the proxy of the environment, if there is one.
    """
    body = json.dumps(
        {
            "event": "test.ping",
            "timestamp": at.isoformat(),
            "data": {"self_test": randomness.token_hex(16)},
        }
    ).encode("ascii")
    request = build_sample(url, body, secrets.current, user_agent())
    # ngrok's page for browsers is not shown to whoever sends this.
    headers = (*request.headers, ("ngrok-skip-browser-warning", "1"))
    answer = exchange("POST", url, headers, body, seconds=seconds, by_proxy=by_proxy)
    return SentPing(_judge(url, answer), body)


def look_for(connection: Connection, sent: SentPing) -> Ping:
    """The ping with the row that it has in this store, which only a ping that arrived has."""
    ping = sent.ping
    if ping.outcome is not PingOutcome.ARRIVED:
        checksum = hashlib.sha256(sent.body).digest()
        found = find_bodies(connection, [checksum]).get(checksum)
        return replace(ping, delivery_id=found)
    content = read_content(connection, ping.delivery_id or 0)
    if content is None or content.body != sent.body:
        return replace(ping, outcome=PingOutcome.OTHER_STORE, delivery_id=None)
    return ping


def _judge(url: str, answer: Exchange) -> Ping:
    if answer.failure is not None:
        return Ping(url=url, outcome=answer.failure, ms=answer.ms)
    content = answer.json
    fields = content if isinstance(content, dict) else {}
    delivery_id = fields.get("delivery_id")
    return Ping(
        url=url,
        outcome=_outcome(answer, fields.get("error"), delivery_id),
        ms=answer.ms,
        status=answer.status,
        delivery_id=delivery_id if isinstance(delivery_id, int) else None,
        said=_name(answer),
    )


def _outcome(answer: Exchange, error: object, delivery_id: object) -> PingOutcome:
    by_code = _by_ngrok_code(answer.header("ngrok-error-code"))
    if by_code is not None:
        return by_code
    if answer.status == _OK and isinstance(delivery_id, int):
        return PingOutcome.ARRIVED
    if answer.status == _UNAUTHORISED and error == "invalid_signature":
        return PingOutcome.OTHER_SECRET
    return PingOutcome.REFUSED if error in _OWN_ERRORS else _by_status(answer.status)


def _by_status(status: int | None) -> PingOutcome:
    """An answer that is not of ours: of the tunnel, or of a stranger."""
    if status in _UPSTREAM_STATUSES:
        return PingOutcome.UPSTREAM_DOWN
    return PingOutcome.TUNNEL_OFFLINE if status == _OFFLINE_STATUS else PingOutcome.STRANGER


def _by_ngrok_code(header: str) -> PingOutcome | None:
    """Ngrok guarantees that this header of an answer is its own."""
    number = header.rpartition("_")[2]
    for codes, outcome in (
        (_OFFLINE_CODES, PingOutcome.TUNNEL_OFFLINE),
        (_UPSTREAM_CODES, PingOutcome.UPSTREAM_DOWN),
        (_LIMIT_CODES, PingOutcome.LIMIT),
    ):
        if number in codes:
            return outcome
    return PingOutcome.STRANGER if header else None


def _name(answer: Exchange) -> str | None:
    name = answer.header("ngrok-error-code") or answer.header("Server")
    return None if name in ("", PROGRAM) else name[:_LONGEST_NAME]
