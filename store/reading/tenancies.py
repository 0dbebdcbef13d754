"""Leases and residents, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, union

from store.reading.filters import EVERYTHING, Filters
from store.records import LeaseRecord, Resident
from store.structure.rows import from_row
from store.structure.tables import LeaseRow, ResidentRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Select


def list_leases(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[LeaseRecord]:
    """Leases that were delivered or fetched, the one changed last first; `limit` 0 gives all."""
    texts = ("lease_id", "unit_id", "resident_name", "status")
    found = connection.execute(_select(LeaseRow, texts, filters).limit(limit or None))
    return [from_row(LeaseRecord, row) for row in found.mappings()]


def list_residents(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Resident]:
    """Residents, the one changed last first; `limit` 0 gives all."""
    texts = ("resident_id", "unit_id", "lease_id", "name", "email", "phone")
    found = connection.execute(_select(ResidentRow, texts, filters).limit(limit or None))
    return [from_row(Resident, row) for row in found.mappings()]


def _select(row: Any, texts: tuple[str, ...], filters: Filters) -> Select[Any]:
    table = row.__table__
    conditions = _conditions(row, texts, filters)
    newest = row.last_event_id.desc().nulls_last()
    return select(table).where(*conditions).order_by(newest, *table.primary_key)


def _conditions(
    row: Any, texts: tuple[str, ...], filters: Filters
) -> Iterator[ColumnElement[bool]]:
    for name in ("connection_id", "property_id", "unit_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            yield getattr(row, name) == wanted
    if filters.since is not None:
        yield row.applied_at >= filters.since
    if filters.search:
        columns = (getattr(row, name) for name in texts)
        yield or_(*(column.icontains(filters.search, autoescape=True) for column in columns))


def list_people(connection: Connection) -> frozenset[str]:
    """What residents and leases call people now: names, e-mail addresses and phone numbers."""
    columns = (ResidentRow.name, ResidentRow.email, ResidentRow.phone, LeaseRow.resident_name)
    texts = union(*(select(column) for column in columns))
    return frozenset(text for text in connection.execute(texts).scalars() if text is not None)
