"""The delivery log, read: one row for every request that reached the receiver."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, func, select

from store.headers import decode_headers
from store.reading import gaps
from store.reading.filters import EVERYTHING, Filters
from store.reading.matching import STATE, matching_ids, of_delivery, read_in_order
from store.records import Content, Delivery, EventState, Origin, Outcome, Reason, Verdict
from store.structure.tables import ACKNOWLEDGEMENTS, DELIVERIES, DIAGNOSES, EVENTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, RowMapping, Select

_SHOWN = (
    DELIVERIES.c.id,
    DELIVERIES.c.received_at,
    DELIVERIES.c.origin,
    DELIVERIES.c.method,
    DELIVERIES.c.path,
    DELIVERIES.c.status,
    DELIVERIES.c.verdict,
    DIAGNOSES.c.code.label("diagnosis"),
    func.coalesce(DIAGNOSES.c.explanation, DELIVERIES.c.explanation).label("explanation"),
    DELIVERIES.c.event_id,
    DELIVERIES.c.event,
    DELIVERIES.c.connection_id,
    DELIVERIES.c.resource_type,
    DELIVERIES.c.resource_id,
    DELIVERIES.c.property_id,
    DELIVERIES.c.size,
    DELIVERIES.c.replay_of,
    ACKNOWLEDGEMENTS.c.ms.label("ack_ms"),
    STATE.label("state"),
    EVENTS.c.outcome,
    EVENTS.c.reason,
    func.coalesce(DELIVERIES.c.requests, 1).label("requests"),
)


def list_deliveries(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Delivery]:
    """Deliveries, newest first; `limit` 0 gives all."""
    if _needs_lanes(filters):
        ids = matching_ids(connection, filters, limit=limit)
        return read_in_order(ids, lambda some: get_deliveries(connection, some))
    statement = _select().where(*of_delivery(filters, None)).order_by(DELIVERIES.c.id.desc())
    return [_delivery(row) for row in connection.execute(statement.limit(limit or None)).mappings()]


def get_deliveries(connection: Connection, ids: Collection[int]) -> dict[int, Delivery]:
    """The deliveries with these ids, as far as they exist."""
    rows = connection.execute(_select_by_ids(), {"ids": list(ids)})
    return {row["id"]: _delivery(row) for row in rows.mappings()}


def newer_ids(
    connection: Connection, after: int, filters: Filters = EVERYTHING, *, limit: int = 10_000
) -> list[int]:
    """The ids above `after` that match, oldest first: what a live list has not seen yet."""
    if _needs_lanes(filters):
        return matching_ids(connection, filters, after=after, limit=limit, oldest_first=True)
    if filters == EVERYTHING:
        # Asked ten times a second and more: SQLAlchemy takes five times as long to say the same.
        plain = "SELECT id FROM deliveries WHERE id > ? ORDER BY id LIMIT ?"
        return list(connection.exec_driver_sql(plain, (after, limit)).scalars())
    statement = (
        select(DELIVERIES.c.id)
        .where(DELIVERIES.c.id > after, *of_delivery(filters, None))
        .order_by(DELIVERIES.c.id)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def older_ids(
    connection: Connection,
    before: int | None,
    filters: Filters = EVERYTHING,
    *,
    limit: int = 10_000,
) -> list[int]:
    """The ids below `before` (None: from the newest) that match, newest first."""
    if _needs_lanes(filters):
        return matching_ids(connection, filters, before=before, limit=limit)
    statement = select(DELIVERIES.c.id).where(*of_delivery(filters, None))
    if before is not None:
        statement = statement.where(DELIVERIES.c.id < before)
    ordered = statement.order_by(DELIVERIES.c.id.desc()).limit(limit)
    return list(connection.execute(ordered).scalars())


def span(connection: Connection) -> range:
    """The numbers from the oldest delivery to the newest; those of deleted ones are among them."""
    return gaps.span(connection, DELIVERIES)


def gaps_around(connection: Connection, ids: Collection[int]) -> list[range]:
    """The stretches of numbers without a delivery in which these are, as far as they have none."""
    return gaps.gaps_around(connection, DELIVERIES, ids)


def digests_after(connection: Connection, after: int) -> dict[int, bytes]:
    """The SHA-256 of the body of every delivery above `after`, oldest first."""
    statement = (
        select(DELIVERIES.c.id, DELIVERIES.c.body_sha256)
        .where(DELIVERIES.c.id > after)
        .order_by(DELIVERIES.c.id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def read_content(connection: Connection, delivery_id: int) -> Content | None:
    """The headers and the body of a delivery."""
    statement = select(
        DELIVERIES.c.headers, DELIVERIES.c.body, DELIVERIES.c.size, DELIVERIES.c.body_sha256
    ).where(DELIVERIES.c.id == delivery_id)
    row = connection.execute(statement).first()
    return None if row is None else Content(decode_headers(row[0]), row[1], row[2], row[3])


def deliveries_of_event(connection: Connection, event_id: int) -> list[Delivery]:
    """The first delivery of an event and every repetition, oldest first."""
    repeated = (DELIVERIES.c.event_id == event_id) & (DELIVERIES.c.event_id != DELIVERIES.c.id)
    statement = _select().where((DELIVERIES.c.id == event_id) | repeated).order_by(DELIVERIES.c.id)
    return [_delivery(row) for row in connection.execute(statement).mappings()]


MOST_REPEATS = 99
"""Nobody needs to know more exactly, and counting a flood again and again would take its time."""

_COUNT_REPEATS = """
SELECT d.id, (
  SELECT count(*) FROM (
    SELECT 1 FROM deliveries r INDEXED BY deliveries_repeated
    WHERE r.event_id = d.event_id AND r.event_id <> r.id AND (d.id = d.event_id OR r.id <= d.id)
    LIMIT 99
  )
) FROM deliveries d WHERE d.event_id IS NOT NULL AND d.id IN
"""


def count_repeats(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """How often events were delivered again, by the id of a delivery; at most `MOST_REPEATS`.

    Of an event's first delivery, all repetitions so far. Of a repetition, those up to it, itself
    included. A refused delivery has none and is left out.
    """
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(f"{_COUNT_REPEATS} ({marks})", tuple(ids))
    return {row[0]: row[1] for row in rows}


def note_diagnosis(connection: Connection, delivery_id: int, code: str, explanation: str) -> None:
    """Writes down why the signature of a delivery did not match, unless it is gone already."""
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO diagnoses (delivery_id, code, explanation) "
        "SELECT id, ?, ? FROM deliveries WHERE id = ?",
        (code, explanation, delivery_id),
    )


def count_diagnoses(connection: Connection, *, limit: int = 3) -> list[tuple[str, int]]:
    """The causes of refused signatures in the log with their numbers, the most frequent first."""
    rows = connection.exec_driver_sql(
        "SELECT code, count(*) FROM diagnoses GROUP BY code ORDER BY count(*) DESC, code LIMIT ?",
        (limit,),
    )
    return [(code, count) for code, count in rows]


def newest_id(connection: Connection) -> int:
    """The highest id of a delivery; 0 for an empty log."""
    found = connection.exec_driver_sql("SELECT max(id) FROM deliveries").scalar()
    return int(found or 0)


def settled_until(connection: Connection) -> int:
    """The id up to which no event waits: the states of these deliveries are final by themselves.

    `reprocess` may change one all the same.
    """
    found = connection.exec_driver_sql(
        "SELECT min("
        " (SELECT value FROM progress WHERE name = 'admitted'),"
        " coalesce((SELECT min(id) - 1 FROM events WHERE state IN ('pending', 'processing')),"
        "  9223372036854775807))"
    ).scalar()
    return int(found or 0)


def _needs_lanes(filters: Filters) -> bool:
    """Whether reading the log from its end may pass many rows that do not match."""
    return bool(filters.search) or filters.concerns_events


def _select() -> Select[Any]:
    return (
        cast("Select[Any]", select(*_SHOWN))
        .outerjoin(ACKNOWLEDGEMENTS, ACKNOWLEDGEMENTS.c.delivery_id == DELIVERIES.c.id)
        .outerjoin(DIAGNOSES, DIAGNOSES.c.delivery_id == DELIVERIES.c.id)
        .outerjoin(EVENTS, EVENTS.c.id == DELIVERIES.c.event_id)
    )


@cache
def _select_by_ids() -> Select[Any]:
    # Made once: making it takes longer than reading ten rows with it.
    return _select().where(DELIVERIES.c.id.in_(bindparam("ids", expanding=True)))


def _delivery(row: RowMapping) -> Delivery:
    values = dict(row)
    for name, kind in (("state", EventState), ("outcome", Outcome), ("reason", Reason)):
        if values[name] is not None:
            values[name] = kind(values[name])
    return Delivery(
        **values
        | {
            "origin": Origin(values["origin"]),
            "verdict": Verdict(values["verdict"]),
            "duplicate": values["event_id"] not in (None, values["id"]),
        }
    )
