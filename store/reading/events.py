"""Events, read: what happened at Propexo, and how far its processing has come."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal, null, select

from store.driver import driver_of
from store.reading.filters import EVERYTHING, Filters, about, conditions, state_conditions
from store.reading.matching import find_subjects, matching_ids, read_in_order
from store.records import Event, EventState, Outcome, Reason, Sync
from store.structure.tables import DELIVERIES, EVENTS, PROGRESS, SYNCS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table

    from store.reading.filters import Subjects

_SHARED = (
    "id", "event", "resource_type", "resource_id", "connection_id", "property_id", "timestamp",
    "received_at",
)  # fmt: skip
_PROGRESS = ("state", "outcome", "reason", "error", "attempts", "processed_at")
# Made once, like the statements below: making them takes longer than reading a page of events.
_REPEATED = DELIVERIES.alias()


def list_events(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Event]:
    """Events, newest first; `limit` 0 gives all."""
    if filters.search:
        # Of the first delivery; the number of an event is the number of that.
        ids = matching_ids(connection, filters, limit=limit, first_only=True)
        return read_in_order(ids, lambda some: get_events(connection, some))
    # What the processor has not admitted yet is newer than all that it has.
    waiting = _newest(connection, DELIVERIES, filters, limit)
    if limit and len(waiting) == limit:
        return waiting
    # Some may have been admitted since the first look: each is listed once.
    before = waiting[-1].id if waiting else None
    rest = limit and limit - len(waiting)
    return waiting + _newest(connection, EVENTS, filters, rest, before)


def get_event(connection: Connection, event_id: int) -> Event | None:
    """The event with that id."""
    return get_events(connection, [event_id]).get(event_id)


def get_events(connection: Connection, ids: Collection[int]) -> dict[int, Event]:
    """The events with these ids, as far as they exist."""
    found = {}
    for table in (DELIVERIES, EVENTS):
        rows = connection.execute(_select_by_ids(table), {"ids": list(ids)})
        found.update({row["id"]: _event(row) for row in rows.mappings()})
    return found


def finished_ids_after(
    connection: Connection, finish: int, *, limit: int = 2_000
) -> tuple[int, list[int]]:
    """The events whose processing ended after a number, the first time or again.

    Returns:
        The number to go on from, and the ids of the events.
    """
    rows = connection.exec_driver_sql(
        "SELECT finish, id FROM events WHERE finish > ? ORDER BY finish LIMIT ?", (finish, limit)
    ).all()
    return (rows[-1][0] if rows else finish), [row[1] for row in rows]


def events_finished_after(
    connection: Connection,
    after: int,
    *,
    limit: int = 1_000,
    wanted: Collection[int] | None = None,
) -> tuple[int, list[Event]]:
    """Events in the order in which their processing ended, as `finished_ids_after` names them.

    One that was put back into the queue is left out until it ends again.

    Args:
        connection: where to read.
        after: the number of the last end already seen; see `last_finish`.
        limit: at most so many ends are looked at.
        wanted: the ids of events to read; None for all. Where it is empty, all ends are passed.

    Returns:
        The number to go on from, and the events.
    """
    if wanted is not None and not wanted:
        return last_finish(connection), []
    upto, ids = finished_ids_after(connection, after, limit=limit)
    if wanted is not None:
        ids = [event_id for event_id in ids if event_id in wanted]
    found = get_events(connection, ids) if ids else {}
    return upto, [found[event_id] for event_id in ids if found[event_id].processed_at]


def last_finish(connection: Connection) -> int:
    """The number of the last end of processing; see `finished_ids_after`."""
    # The condition is what lets the index be used; without it every event is looked at.
    statement = "SELECT max(finish) FROM events WHERE finish IS NOT NULL"
    (found,) = driver_of(connection).execute(statement).fetchone()
    return int(found or 0)


def has_ended_since(connection: Connection, connection_id: str, after: int) -> bool:
    """Whether an event of a Propexo connection has ended since that number; see `last_finish`."""
    statement = (
        "SELECT EXISTS (SELECT 1 FROM events"
        " WHERE finish IS NOT NULL AND finish > ? AND connection_id = ?)"
    )
    return bool(connection.exec_driver_sql(statement, (after, connection_id)).scalar_one())


def sync_of_event(connection: Connection, event_id: int) -> Sync | None:
    """What a `sync.complete` reported."""
    statement = select(SYNCS).where(SYNCS.c.event_id == event_id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else Sync(**dict(row) | {"stats": json.loads(row["stats"])})


def _newest(
    connection: Connection, table: Table, filters: Filters, limit: int, before: int | None = None
) -> list[Event]:
    subjects = find_subjects(connection, filters)
    statement = (
        _select(table)
        .where(*_conditions(table, filters, subjects))
        .order_by(table.c.id.desc())
        .limit(limit or None)
    )
    if before is not None:
        statement = statement.where(table.c.id < before)
    return [_event(row) for row in connection.execute(statement).mappings()]


@cache
def _select_by_ids(table: Table) -> Select[Any]:
    return _select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _select(table: Table) -> Select[Any]:
    """Events as the processor left them, or those that are still to be made of a delivery."""
    repetitions = (
        select(func.count())
        .where(_REPEATED.c.event_id == table.c.id, _REPEATED.c.event_id != _REPEATED.c.id)
        .correlate(table)
        .scalar_subquery()
    )
    columns: list[Any] = [table.c[name] for name in _SHARED]
    columns.append((repetitions + 1).label("deliveries"))
    if table is EVENTS:
        return select(*columns, *(table.c[name] for name in _PROGRESS))
    admitted = select(PROGRESS.c.value).where(PROGRESS.c.name == "admitted").scalar_subquery()
    not_yet = (
        literal(EventState.PENDING.value).label("state"),
        literal(0).label("attempts"),
        *(null().label(name) for name in ("outcome", "reason", "error", "processed_at")),
    )
    return select(*columns, *not_yet).where(
        DELIVERIES.c.id > admitted, DELIVERIES.c.event_id == DELIVERIES.c.id
    )


def _conditions(
    table: Table, filters: Filters, subjects: Subjects | None
) -> Iterator[ColumnElement[bool]]:
    yield from conditions(table, filters)
    if table is EVENTS:
        yield from state_conditions(filters.state)
    elif filters.state is not None:
        yield literal(filters.state == EventState.PENDING)
    if filters.since is not None:
        yield table.c.received_at >= filters.since
    if subjects is not None:
        yield about(table, subjects)


def _event(row: RowMapping) -> Event:
    return Event(
        **dict(row)
        | {
            "state": EventState(row["state"]),
            "outcome": Outcome(row["outcome"]) if row["outcome"] else None,
            "reason": Reason(row["reason"]) if row["reason"] else None,
        }
    )
