"""What arrived lately, and how it was answered."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from store.headers import decode_headers
from store.records import Headers, Origin, Verdict
from store.structure.tables import from_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

WINDOW = 1_000
"""Deliveries that count as recent."""
_FAR = 20_000
"""How many deliveries back the last accepted one is looked for: samples may lie before it."""
_BODIES = 2_000
_OWN = b"User-Agent: meterbase-tui/"
_REFUSALS_LOOKED_AT = 2_000
_REFUSALS = 200
_MOST_REPEATED = 200
_MOST_OF_EVENTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySummary:
    """A delivery without its texts and bytes."""

    id: int
    received_at: datetime
    origin: Origin
    status: int
    verdict: Verdict
    diagnosis: str | None
    event_id: int | None
    timestamp: datetime | None
    """The sender's; None unless it was accepted."""
    ack_ms: float | None
    own: bool = False
    """Whether a refused one introduced itself as this program: a command with another secret."""

    @property
    def duplicate(self) -> bool:
        """Whether it repeats an event."""
        return self.event_id is not None and self.event_id != self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A delivery that was refused for another reason than its signature."""

    id: int
    received_at: datetime
    origin: Origin
    method: str
    path: str
    status: int
    explanation: str | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class LastFromNetwork:
    """The newest accepted delivery that somebody else sent."""

    id: int
    received_at: datetime
    headers: Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """A delivery from the network of an event that was delivered from there before."""

    id: int
    event_id: int
    received_at: datetime
    pause_s: float
    """Seconds since the delivery of the same event before it."""
    earlier_id: int
    earlier_ack_ms: float | None
    """How long the answer to that one took; None when it is not known to have been sent."""


def recent_deliveries(
    connection: Connection, *, newest: int = WINDOW
) -> tuple[DeliverySummary, ...]:
    """The newest deliveries, newest first."""
    rows = connection.exec_driver_sql(
        "SELECT d.id, d.received_at, d.origin, d.status, d.verdict, x.code, d.event_id,"
        " d.timestamp, a.ms, CASE WHEN d.event_id IS NULL THEN instr(d.headers, ?) ELSE 0 END"
        " FROM deliveries d NOT INDEXED"
        " LEFT JOIN diagnoses x ON x.delivery_id = d.id"
        " LEFT JOIN acknowledgements a ON a.delivery_id = d.id"
        " WHERE d.id > (SELECT max(id) FROM deliveries) - ? ORDER BY d.id DESC",
        (_OWN, newest),
    )
    return tuple(
        DeliverySummary(
            id=row[0],
            received_at=from_micros(row[1]),
            origin=Origin(row[2]),
            status=row[3],
            verdict=Verdict(row[4]),
            diagnosis=row[5],
            event_id=row[6],
            timestamp=None if row[7] is None else from_micros(row[7]),
            ack_ms=row[8],
            own=bool(row[9]),
        )
        for row in rows
    )


def recent_refusals(connection: Connection, *, limit: int = _REFUSALS) -> tuple[Refusal, ...]:
    """The newest deliveries that were refused without a look at their signature, newest first.

    Those with a good signature whose body made no sense are among them.
    """
    rows = connection.exec_driver_sql(
        "SELECT id, received_at, origin, method, path, status, explanation, headers FROM"
        " (SELECT * FROM deliveries WHERE event_id IS NULL ORDER BY id DESC LIMIT ?)"
        " WHERE status <> 401 LIMIT ?",
        (_REFUSALS_LOOKED_AT, limit),
    )
    return tuple(
        Refusal(
            id=row[0],
            received_at=from_micros(row[1]),
            origin=Origin(row[2]),
            method=row[3],
            path=row[4],
            status=row[5],
            explanation=row[6],
            headers=decode_headers(row[7]),
        )
        for row in rows
    )


def last_from_network(connection: Connection, *, back: int = _FAR) -> LastFromNetwork | None:
    """The newest accepted delivery from the network among the newest `back`."""
    row = connection.exec_driver_sql(
        "SELECT id, received_at, headers FROM deliveries NOT INDEXED"
        " WHERE id > (SELECT max(id) FROM deliveries) - ?"
        " AND origin = 'network' AND status = 200 ORDER BY id DESC LIMIT 1",
        (back,),
    ).first()
    return (
        None
        if row is None
        else LastFromNetwork(row[0], from_micros(row[1]), decode_headers(row[2]))
    )


def repetitions(
    connection: Connection, recent: Iterable[DeliverySummary]
) -> tuple[Repetition, ...]:
    """Those of some deliveries that repeat one from the network, each with the one before it."""
    wanted = [each for each in recent if each.duplicate and each.origin is Origin.NETWORK]
    wanted = wanted[:_MOST_REPEATED]
    ids = {each.id for each in wanted}
    found = _paired(_deliveries_of(connection, sorted({each.event_id or 0 for each in wanted})))
    return tuple(sorted((one for one in found if one.id in ids), key=lambda one: -one.id))


def _deliveries_of(
    connection: Connection, event_ids: Sequence[int]
) -> list[tuple[int, int, int, float | None]]:
    """Event, id, arrival and answer time of every delivery of events from the network."""
    if not event_ids:
        return []
    marks = ", ".join("?" * len(event_ids))
    rows = connection.exec_driver_sql(
        "SELECT d.event_id, d.id, d.received_at, a.ms FROM"  # noqa: S608 - question marks only
        f" (SELECT event_id, id, received_at, origin FROM deliveries WHERE id IN ({marks})"
        " UNION ALL SELECT event_id, id, received_at, origin FROM deliveries"
        f" WHERE event_id IN ({marks}) AND event_id <> id LIMIT ?) d"
        " LEFT JOIN acknowledgements a ON a.delivery_id = d.id"
        " WHERE d.origin = 'network' ORDER BY d.event_id, d.id",
        (*event_ids, *event_ids, _MOST_OF_EVENTS),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _paired(rows: Sequence[tuple[int, int, int, float | None]]) -> Iterator[Repetition]:
    for (event, earlier_id, earlier_at, earlier_ms), (same, later_id, later_at, _) in pairwise(
        rows
    ):
        if event == same:
            yield Repetition(
                id=later_id,
                event_id=event,
                received_at=from_micros(later_at),
                pause_s=(later_at - earlier_at) / 1_000_000,
                earlier_id=earlier_id,
                earlier_ack_ms=earlier_ms,
            )


def find_bodies(
    connection: Connection, checksums: Collection[bytes], *, newest: int = _BODIES
) -> dict[bytes, int]:
    """The SHA-256 of those bodies that are among the newest deliveries, each with its latest id."""
    if not checksums:
        return {}
    marks = ", ".join("?" * len(checksums))
    rows = connection.exec_driver_sql(
        "SELECT body_sha256, max(id) FROM deliveries NOT INDEXED"  # noqa: S608 - question marks
        " WHERE id > (SELECT max(id) FROM deliveries) - ?"
        f" AND body_sha256 IN ({marks}) GROUP BY body_sha256",
        (newest, *checksums),
    )
    return {bytes(row[0]): row[1] for row in rows}
