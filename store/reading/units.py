"""Units and what became of them, read: records and changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.reading import gaps
from store.reading.filters import EVERYTHING, Filters, of_records
from store.records import Change, ChangeSource, Unit
from store.structure.rows import from_row
from store.structure.tables import CHANGES, UNITS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select


def list_units(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Unit]:
    """Units, the one changed last first; `limit` 0 gives all."""
    statement = select(UNITS).where(*of_records(UNITS, filters))
    if filters.since is not None:
        statement = statement.where(UNITS.c.updated_at >= filters.since)
    if filters.search:
        statement = statement.where(
            UNITS.c.unit_id.icontains(filters.search, autoescape=True)
            | UNITS.c.unit_number.icontains(filters.search, autoescape=True)
            | UNITS.c.lease.icontains(filters.search, autoescape=True)
        )
    ordered = statement.order_by(
        UNITS.c.last_event_id.desc().nulls_last(), UNITS.c.connection_id, UNITS.c.unit_id
    )
    rows = connection.execute(ordered.limit(limit or None)).mappings().all()
    return [from_row(Unit, row) for row in rows]


def find_units(connection: Connection, name: str) -> list[Unit]:
    """The units that a person may mean: by id, else by number, in any connection."""
    for column in (UNITS.c.unit_id, UNITS.c.unit_number):
        rows = connection.execute(select(UNITS).where(column == name)).mappings().all()
        if rows:
            return [from_row(Unit, row) for row in rows]
    return []


def list_changes(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Change]:
    """Changes, newest first; `limit` 0 gives all."""
    statement = _changes(filters).order_by(CHANGES.c.id.desc()).limit(limit or None)
    return [_change(row) for row in connection.execute(statement).mappings()]


def get_changes(connection: Connection, ids: Collection[int]) -> dict[int, Change]:
    """The changes with these ids, as far as they exist."""
    statement = _changes(EVERYTHING).where(CHANGES.c.id.in_(ids))
    return {row["id"]: _change(row) for row in connection.execute(statement).mappings()}


def newer_change_ids(
    connection: Connection, after: int, filters: Filters = EVERYTHING, *, limit: int = 10_000
) -> list[int]:
    """The ids of matching changes above `after`, oldest first."""
    statement = (
        select(CHANGES.c.id)
        .where(*_change_conditions(filters), CHANGES.c.id > after)
        .order_by(CHANGES.c.id)
    )
    return list(connection.execute(statement.limit(limit)).scalars())


def older_change_ids(
    connection: Connection,
    before: int | None,
    filters: Filters = EVERYTHING,
    *,
    limit: int = 10_000,
) -> list[int]:
    """The ids of matching changes below `before` (None: from the newest), newest first."""
    statement = select(CHANGES.c.id).where(*_change_conditions(filters))
    if before is not None:
        statement = statement.where(CHANGES.c.id < before)
    ordered = statement.order_by(CHANGES.c.id.desc()).limit(limit)
    return list(connection.execute(ordered).scalars())


def change_span(connection: Connection) -> range:
    """The numbers from the oldest change to the newest; those of deleted ones are among them."""
    return gaps.span(connection, CHANGES)


def change_gaps_around(connection: Connection, ids: Collection[int]) -> list[range]:
    """The stretches of numbers without a change in which these are, as far as they have none."""
    return gaps.gaps_around(connection, CHANGES, ids)


def changes_of_event(connection: Connection, event_id: int) -> list[Change]:
    """The changes that an event made, in order."""
    statement = _changes(EVERYTHING).where(CHANGES.c.event_id == event_id).order_by(CHANGES.c.id)
    return [_change(row) for row in connection.execute(statement).mappings()]


def changes_after(connection: Connection, connection_id: str, change_id: int) -> list[Change]:
    """The changes of a Propexo connection that were made after a change, newest first."""
    statement = _changes(Filters(connection_id=connection_id)).where(CHANGES.c.id > change_id)
    rows = connection.execute(statement.order_by(CHANGES.c.id.desc())).mappings()
    return [_change(row) for row in rows]


def _changes(filters: Filters) -> Select[Any]:
    return select(CHANGES).where(*_change_conditions(filters))


def _change_conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield from of_records(CHANGES, filters)
    if filters.since is not None:
        yield CHANGES.c.at >= filters.since
    if filters.search:
        yield (
            CHANGES.c.field.icontains(filters.search, autoescape=True)
            | CHANGES.c.old.icontains(filters.search, autoescape=True)
            | CHANGES.c.new.icontains(filters.search, autoescape=True)
            | CHANGES.c.unit_number.icontains(filters.search, autoescape=True)
        )


def _change(row: RowMapping) -> Change:
    return Change(
        **dict(row)
        | {
            "source": ChangeSource(row["source"]),
            "old": json.loads(row["old"]),
            "new": json.loads(row["new"]),
        }
    )
