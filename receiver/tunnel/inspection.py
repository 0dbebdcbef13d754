"""What ngrok's agent tells of the requests that it saw; pure reading of its answer.

`GET /api/requests/http` of the agent's local API lists them, the newest first, each with the bytes
of the whole request in Base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.records import Headers, Json

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True)
class SeenRequest:
    """A request as the agent saw it, and what was answered to it."""

    method: str
    target: str
    """Path and query, as they were sent."""
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool
    """Whether `body` is all of it; of a large one the agent may keep the beginning only."""
    at: datetime | None
    status: int | None
    """Of the answer: 502 or 0 for one that the agent could not get, None while there is none."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target's query with its question mark; empty without one."""
        return self.target[len(self.path) :]

    @cached_property
    def checksum(self) -> bytes:
        """SHA-256 of the body, by which the log knows it."""
        return hashlib.sha256(self.body).digest()


def read_requests(answer: Json) -> list[SeenRequest]:
    """The requests of an answer of the agent, the newest first; what makes no sense is left out."""
    entries = answer.get("requests") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        return []
    return [request for entry in entries if (request := _read(entry)) is not None]


def _read(entry: Any) -> SeenRequest | None:
    try:
        request, answer = entry["request"], entry.get("response")
        raw = base64.b64decode(request["raw"], validate=False)
        method, target = str(request["method"]), str(request["uri"])
        status = None if not answer else int(answer.get("status_code") or 0)
        at = _instant(entry.get("start"))
    except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
        return None
    head, _, rest = raw.partition(b"\r\n\r\n")
    headers = _headers(head)
    body, whole = _body(headers, rest)
    return SeenRequest(method, target, headers, body, whole, at, status)


def _headers(head: bytes) -> Headers:
    lines = head.split(b"\r\n")[1:]
    pairs = (line.partition(b":") for line in lines if b":" in line)
    return tuple((name, value.strip(b" \t")) for name, _, value in pairs)


def _body(headers: Headers, rest: bytes) -> tuple[bytes, bool]:
    """The body without its framing (RFC 9112, sections 6 and 7.1), and whether it is all there."""
    said = {name.lower(): value for name, value in headers}
    if said.get(b"transfer-encoding", b"").lower() == b"chunked":
        chunks = _join_chunks(rest)
        # Some versions keep the header and list the body without its framing.
        return (rest, True) if chunks is None else chunks
    length = said.get(b"content-length", b"")
    return rest, not length.isdigit() or len(rest) == int(length)


def _join_chunks(rest: bytes) -> tuple[bytes, bool] | None:
    """The body that chunks are of, and whether the last one is there; None for what is no chunk."""
    body, position = bytearray(), 0
    while position < len(rest):
        line, found, _ = rest[position:].partition(b"\r\n")
        size = line.partition(b";")[0].strip()
        if not found or not _SIZE.fullmatch(size):
            return None if position == 0 else (bytes(body), False)
        count = int(size, 16)
        if count == 0:
            return bytes(body), True
        start = position + len(line) + 2
        body += rest[start : start + count]
        position = start + count + 2
    return bytes(body), False


def _instant(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC)
