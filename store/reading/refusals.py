"""Refused signatures, read: who sent them and why they failed, and what could be checked again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from store.headers import decode_headers
from store.structure.tables import from_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from store.records import Headers

LOOKED_AT = 2_000
"""The newest refusals that are summed up."""
_FAR = 20_000
"""How many deliveries back an accepted one with the same body is looked for."""
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSignature:
    """A delivery whose signature was missing or wrong."""

    id: int
    received_at: datetime
    diagnosis: str | None
    """The cause's code; None while it has not been searched for, or in a flood."""
    headers: Headers
    requests: int = 1
    """How many it stands for; see `store.records.Delivery`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A refused delivery with all of its body, so that its signature can be checked again."""

    id: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    checksum: bytes = field(repr=False)


def newest_refusals(connection: Connection, *, limit: int = LOOKED_AT) -> list[RefusedSignature]:
    """The newest deliveries whose signature was missing or wrong, newest first."""
    rows = connection.exec_driver_sql(
        "SELECT d.id, d.received_at, x.code, d.headers, coalesce(d.requests, 1) FROM deliveries d "
        "LEFT JOIN diagnoses x ON x.delivery_id = d.id "
        "WHERE d.event_id IS NULL AND d.verdict IN ('invalid', 'missing') "
        "ORDER BY d.id DESC LIMIT ?",
        (limit,),
    )
    return [
        RefusedSignature(
            id=row[0],
            received_at=from_micros(row[1]),
            diagnosis=row[2],
            headers=decode_headers(row[3]),
            requests=row[4],
        )
        for row in rows
    ]


def candidates(connection: Connection) -> Iterator[Candidate]:
    """Refused deliveries whose signature can be checked again, oldest first.

    Left out are those of whose body only the beginning was kept.
    """
    after = 0
    while True:
        rows = connection.exec_driver_sql(
            "SELECT id, headers, body, body_sha256 FROM deliveries "
            "WHERE event_id IS NULL AND id > ? AND verdict = 'invalid' AND length(body) = size "
            "ORDER BY id LIMIT ?",
            (after, _PAGE),
        ).all()
        for row in rows:
            yield Candidate(row[0], decode_headers(row[1]), bytes(row[2]), bytes(row[3]))
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def accepted_bodies(connection: Connection, checksums: Collection[bytes]) -> set[bytes]:
    """Those SHA-256 that the body of an accepted delivery among the newest has."""
    if not checksums:
        return set()
    marks = ", ".join("?" * len(checksums))
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT body_sha256 FROM deliveries NOT INDEXED"  # noqa: S608 - question marks
        " WHERE id > (SELECT max(id) FROM deliveries) - ?"
        f" AND event_id IS NOT NULL AND body_sha256 IN ({marks})",
        (_FAR, *checksums),
    )
    return {bytes(row[0]) for row in rows}
