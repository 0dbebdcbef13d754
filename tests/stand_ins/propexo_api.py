"""Propexo's API as its documentation describes it, written without a look at our client.

Lists of units and leases by `offset` and `limit`, a bearer token, strict about what it is asked, a
limit of requests; and faults that a test orders for the requests to come.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "a-token-that-nobody-may-see"
_KNOWN = {"offset", "limit", "order-by", "integration_id", "property_id"}


@dataclass
class Fault:
    """What happens to one request in place of, or before, a good answer."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    truncate: bool = False
    seconds: float = 0.0
    hang_up: bool = False
    body: bytes | None = None
    do: Callable[[PropexoApi], None] | None = None
    """Runs before the answer is made: the list changes while it is being fetched."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    query: dict[str, str]
    token: str | None
    at: float


class PropexoApi:
    """A server on loopback; its records may be changed at any time."""

    def __init__(self) -> None:
        self.units: dict[str, dict[str, Any]] = {}
        self.leases: dict[str, dict[str, Any]] = {}
        self.faults: deque[Fault | None] = deque()
        """For the requests to come, in their order; None is a good answer."""
        self.meta: Callable[[dict[str, Any]], dict[str, Any]] = lambda meta: meta
        self.limit_headers: dict[str, str] = {}
        self.largest_page = 250
        self.seconds_ahead = 0.0
        """How far its clock is ahead of ours."""
        self.asked: list[Asked] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                api._answer(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string((timestamp or time.time()) + api.seconds_ahead)

            def log_message(self, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put_unit(self, unit_id: str, property_id: str = "prop_001", **fields: Any) -> None:
        self.units[unit_id] = {
            "id": unit_id,
            "property_id": property_id,
            "integration_id": "conn_abc123",
            "number": unit_id.removeprefix("unit_"),
            "square_feet": 900,
            "bedrooms": "2",
            "bathrooms": "1.5",
            "is_vacant": False,
            "updated_at": "2026-03-01T00:00:00.000Z",
        } | fields

    def put_lease(self, lease_id: str, unit_id: str, residents: int = 2, **fields: Any) -> None:
        self.leases[lease_id] = {
            "id": lease_id,
            "unit_id": unit_id,
            "property_id": self.units[unit_id]["property_id"],
            "integration_id": "conn_abc123",
            "status_normalized": "ACTIVE",
            "start_date": "2026-01-01T00:00:00.000Z",
            "end_date": "2099-12-31T00:00:00.000Z",
            "residents_meta_data": [
                {"resident_id": f"{lease_id}_{n}", "resident_type_normalized": kind}
                for n, kind in enumerate(["PRIMARY", *["SECONDARY"] * (residents - 1), "GUARANTOR"])
            ],
            "updated_at": "2026-03-01T00:00:00.000Z",
        } | fields

    def pages_of(self, kind: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == f"/v1/{kind}/"]

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        token = request.headers.get("Authorization")
        self.asked.append(Asked(parts.path, query, token, time.monotonic()))
        fault = (self.faults.popleft() if self.faults else None) or Fault()
        if fault.do is not None:
            fault.do(self)
        time.sleep(fault.seconds)
        if fault.hang_up:
            request.close_connection = True
            return
        status, document = self._look_up(parts.path, query, token)
        body = json.dumps(document).encode() if fault.body is None else fault.body
        if fault.truncate:
            body = body[: len(body) // 2]
        _send(request, fault.status or status, body, self.limit_headers | fault.headers)

    def _look_up(self, path: str, query: dict[str, str], token: str | None) -> tuple[int, Any]:
        records = {"/v1/units/": self.units, "/v1/leases/": self.leases}.get(path)
        if token != f"Bearer {TOKEN}":
            return 401, {"error": {"code": "unauthorized"}}
        if records is None:
            return 404, {"error": {"code": "not_found"}}
        if set(query) - _KNOWN or query.get("order-by") != "id:asc":
            return 400, {"error": {"code": "invalid_request", "details": "unrecognized_keys"}}
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        if not 1 <= limit <= 250 or offset < 0:
            return 400, {"error": {"code": "invalid_request"}}
        limit = min(limit, self.largest_page)
        found = [
            record
            for _, record in sorted(records.items())
            if all(
                record[name] == query[name]
                for name in ("integration_id", "property_id")
                if name in query
            )
        ]
        page = found[offset : offset + limit]
        meta = {
            "offset": offset,
            "limit": limit,
            "orderBy": ["id:asc"],
            "hasMore": offset + limit < len(found),
            "total": len(found),
        }
        return 200, {"meta": self.meta(meta), "results": page}


def _send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    try:
        request.wfile.write(body)
    except ConnectionError:
        request.close_connection = True
