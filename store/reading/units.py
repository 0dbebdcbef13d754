"""Units and what became of them, read: records and changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.reading import gaps
from store.reading.filters import EVERYTHING, Filters, of_records
from store.records import Change, ChangeSource, Unit
from store.structure.rows import from_row
from store.structure.tables import ChangeRow, UnitRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select


def list_units(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Unit]:
    """Units, the one changed last first; `limit` 0 gives all."""
    table = UnitRow.__table__
    statement = select(table).where(*of_records(UnitRow, filters))
    if filters.since is not None:
        statement = statement.where(UnitRow.updated_at >= filters.since)
    if filters.search:
        statement = statement.where(
            UnitRow.unit_id.icontains(filters.search, autoescape=True)
            | UnitRow.unit_number.icontains(filters.search, autoescape=True)
            | UnitRow.lease.icontains(filters.search, autoescape=True)
        )
    ordered = statement.order_by(
        UnitRow.last_event_id.desc().nulls_last(), UnitRow.connection_id, UnitRow.unit_id
    )
    rows = connection.execute(ordered.limit(limit or None)).mappings().all()
    return [from_row(Unit, row) for row in rows]


def find_units(connection: Connection, name: str) -> list[Unit]:
    """The units that a person may mean: by id, else by number, in any connection."""
    table = UnitRow.__table__
    for column in (UnitRow.unit_id, UnitRow.unit_number):
        rows = connection.execute(select(table).where(column == name)).mappings().all()
        if rows:
            return [from_row(Unit, row) for row in rows]
    return []


def list_changes(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Change]:
    """Changes, newest first; `limit` 0 gives all."""
    statement = _changes(filters).order_by(ChangeRow.id.desc()).limit(limit or None)
    return [_change(row) for row in connection.execute(statement).mappings()]


def get_changes(connection: Connection, ids: Collection[int]) -> dict[int, Change]:
    """The changes with these ids, as far as they exist."""
    statement = _changes(EVERYTHING).where(ChangeRow.id.in_(ids))
    return {row["id"]: _change(row) for row in connection.execute(statement).mappings()}


def newer_change_ids(
    connection: Connection, after: int, filters: Filters = EVERYTHING, *, limit: int = 10_000
) -> list[int]:
    """The ids of matching changes above `after`, oldest first."""
    statement = (
        select(ChangeRow.id)
        .where(*_change_conditions(filters), ChangeRow.id > after)
        .order_by(ChangeRow.id)
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
    statement = select(ChangeRow.id).where(*_change_conditions(filters))
    if before is not None:
        statement = statement.where(ChangeRow.id < before)
    ordered = statement.order_by(ChangeRow.id.desc()).limit(limit)
    return list(connection.execute(ordered).scalars())


def change_span(connection: Connection) -> range:
    """The numbers from the oldest change to the newest; those of deleted ones are among them."""
    return gaps.span(connection, ChangeRow)


def change_gaps_around(connection: Connection, ids: Collection[int]) -> list[range]:
    """The stretches of numbers without a change in which these are, as far as they have none."""
    return gaps.gaps_around(connection, ChangeRow, ids)


def changes_of_event(connection: Connection, event_id: int) -> list[Change]:
    """The changes that an event made, in order."""
    statement = _changes(EVERYTHING).where(ChangeRow.event_id == event_id).order_by(ChangeRow.id)
    return [_change(row) for row in connection.execute(statement).mappings()]


def changes_after(connection: Connection, connection_id: str, change_id: int) -> list[Change]:
    """The changes of a Propexo connection that were made after a change, newest first."""
    statement = _changes(Filters(connection_id=connection_id)).where(ChangeRow.id > change_id)
    rows = connection.execute(statement.order_by(ChangeRow.id.desc())).mappings()
    return [_change(row) for row in rows]


def _changes(filters: Filters) -> Select[Any]:
    return select(ChangeRow.__table__).where(*_change_conditions(filters))


def _change_conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield from of_records(ChangeRow, filters)
    if filters.since is not None:
        yield ChangeRow.at >= filters.since
    if filters.search:
        yield (
            ChangeRow.field.icontains(filters.search, autoescape=True)
            | ChangeRow.old.icontains(filters.search, autoescape=True)
            | ChangeRow.new.icontains(filters.search, autoescape=True)
            | ChangeRow.unit_number.icontains(filters.search, autoescape=True)
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
