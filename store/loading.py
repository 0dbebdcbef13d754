"""Puts the log of another store into this one: every delivery as it was, under a new number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from store.processing import queue
from store.structure.tables import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from store.records import Arrival, Receipt

_AT_ONCE = 10_000
_ACCEPTED = (
    "SELECT d.id FROM events e JOIN deliveries d ON d.id = e.id"
    " OR (d.event_id = e.id AND d.event_id <> d.id)"
    " WHERE e.timestamp = ? AND e.identity = ? AND d.received_at = ? AND d.body_sha256 = ?"
)
Append: TypeAlias = "Callable[[Sequence[Arrival]], list[Receipt]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A delivery of another store."""

    id: int
    """Its number there; `arrival.replay_of` is of there too."""
    arrival: Arrival
    ack_ms: float | None = None
    diagnosis: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of an import."""

    new: int
    known: int
    """Deliveries that were in the store before, from an earlier import."""


def load(connection: Connection, append: Append, imports: Iterable[Import]) -> Loaded:
    """Adds deliveries in the caller's transaction, oldest first: all of them or none.

    Args:
        connection: the writer's.
        append: numbers arrivals and adds them; see `Database.load`.
        imports: each is read when its turn comes.
    """
    while queue.admit(connection, _AT_ONCE):
        pass  # an event is known by its identity only when it is one
    refused = _read_refused(connection)
    numbers: dict[int, int] = {}
    new = known = 0
    for each in imports:
        there = _find(connection, each.arrival, refused)
        if there is not None:
            known += 1
            numbers[each.id] = there
            continue
        original = numbers.get(each.arrival.replay_of or 0)
        receipt = append([each.arrival._replace(replay_of=original)])[0]
        numbers[each.id] = receipt.delivery_id
        _note(connection, receipt.delivery_id, each)
        new += 1
    return Loaded(new, known)


def _read_refused(connection: Connection) -> dict[tuple[int, bytes, str], int]:
    """The numbers of refused deliveries, which are few, by what they are known again by."""
    rows = connection.exec_driver_sql(
        "SELECT received_at, body_sha256, path, id FROM deliveries WHERE event_id IS NULL"
    )
    return {(at, bytes(checksum), path): number for at, checksum, path, number in rows}


def _find(
    connection: Connection, arrival: Arrival, refused: Mapping[tuple[int, bytes, str], int]
) -> int | None:
    """The number of a delivery that came at the same instant with the same bytes."""
    at = to_micros(arrival.received_at)
    if arrival.facts is None:
        return refused.get((at, arrival.body_sha256, arrival.path))
    facts = arrival.facts
    parameters = (to_micros(facts.timestamp), facts.identity, at, arrival.body_sha256)
    found = connection.exec_driver_sql(_ACCEPTED, parameters).scalar()
    return None if found is None else int(found)


def _note(connection: Connection, delivery_id: int, each: Import) -> None:
    if each.ack_ms is not None:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO acknowledgements (delivery_id, ms) VALUES (?, ?)",
            (delivery_id, each.ack_ms),
        )
    if each.diagnosis is not None:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO diagnoses (delivery_id, code, explanation) VALUES (?, ?, ?)",
            (delivery_id, each.diagnosis, each.arrival.explanation or ""),
        )
