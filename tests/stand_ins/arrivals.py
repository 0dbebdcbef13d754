"""Arrivals as the receiver would make them, and a look at a store that is not the store's own."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from receiver.arrival.route import WEBHOOK_PATH
from receiver.judging.judgement import judge
from receiver.judging.signing import SIGNATURE_HEADER, sign
from store.records import Arrival, EventFacts, Origin, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from receiver.judging.signing import Secrets
    from store.records import Headers

START = datetime(2026, 3, 25, 14, 30, tzinfo=UTC)
HEADERS: Headers = (
    (b"Host", b"127.0.0.1:8787"),
    (b"Content-Type", b"application/json"),
    (b"X-Propexo-Signature", b"sha256=" + b"5" * 64),
)


def accepted(
    number: int,
    *,
    event: str = "data.update",
    connection_id: str | None = "conn_abc123",
    property_id: str | None = "prop_001",
    resource_id: str = "unit_101",
    padding: int = 0,
    **others: Any,
) -> Arrival:
    """A signed delivery; the same number is the same event."""
    text = {"event": event, "connection_id": connection_id, "n": number, "pad": "x" * padding}
    body = json.dumps(text | {"data": {"id": resource_id}}).encode()
    facts = EventFacts(
        identity=hashlib.sha256(body).digest(),
        event=event,
        timestamp=START + timedelta(minutes=number),
        connection_id=connection_id,
        resource_type="unit",
        resource_id=resource_id,
        property_id=property_id,
    )
    values = {"status": 200, "verdict": Verdict.VALID, "facts": facts}
    return _arrival(number, body, **values | others)


def refused(number: int, *, body: bytes = b'{"event": "data.update"}', **others: Any) -> Arrival:
    """A delivery with a wrong signature."""
    return _arrival(number, body, **{"status": 401, "verdict": Verdict.INVALID} | others)


def judged(
    body: bytes,
    secrets: Secrets,
    received_at: datetime,
    *,
    signature: str | None = "",
    headers: Headers = (),
    path: str = WEBHOOK_PATH,
) -> Arrival:
    """A request, with what the receiver finds of it.

    Args:
        body: its body.
        secrets: those in force.
        received_at: when it came.
        signature: its signature; empty for the right one, None for none.
        headers: what it has besides that.
        path: where it came.
    """
    if signature is not None:
        signature = signature or sign(secrets.current, body)
        headers = (*headers, (SIGNATURE_HEADER.encode(), signature.encode()))
    judgement = judge(headers, body, secrets)
    return _arrival(
        0,
        body,
        received_at=received_at,
        path=path,
        status=judgement.status,
        verdict=judgement.verdict,
        headers=headers,
        explanation=judgement.explanation,
        facts=judgement.facts,
    )


def _arrival(number: int, body: bytes, **values: Any) -> Arrival:
    defaults: dict[str, Any] = {
        "received_at": START + timedelta(seconds=number),
        "origin": Origin.NETWORK,
        "method": "POST",
        "path": WEBHOOK_PATH,
        "headers": HEADERS,
        "body": body,
        "size": len(body),
        "body_sha256": hashlib.sha256(body).digest(),
    }
    return Arrival(**defaults | values)


def look(path: Path, statement: str, *parameters: Any) -> list[Any]:
    """What an independent program finds in the file of a store, now."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=30)) as connection:
        rows = connection.execute(statement, parameters).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]
