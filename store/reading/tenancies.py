"""Leases and residents, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, union

from store.reading.filters import EVERYTHING, Filters, of_records
from store.records import LeaseRecord, Resident
from store.structure.rows import from_row
from store.structure.tables import LEASES, RESIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Select, Table


def list_leases(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[LeaseRecord]:
    """Leases that were delivered or fetched, the one changed last first; `limit` 0 gives all."""
    texts = ("lease_id", "unit_id", "resident_name", "status")
    found = connection.execute(_select(LEASES, texts, filters).limit(limit or None))
    return [from_row(LeaseRecord, row) for row in found.mappings()]


def list_residents(
    connection: Connection, filters: Filters = EVERYTHING, *, limit: int = 50
) -> list[Resident]:
    """Residents, the one changed last first; `limit` 0 gives all."""
    texts = ("resident_id", "unit_id", "lease_id", "name", "email", "phone")
    found = connection.execute(_select(RESIDENTS, texts, filters).limit(limit or None))
    return [from_row(Resident, row) for row in found.mappings()]


def _select(table: Table, texts: tuple[str, ...], filters: Filters) -> Select[Any]:
    conditions = _conditions(table, texts, filters)
    newest = table.c.last_event_id.desc().nulls_last()
    return select(table).where(*conditions).order_by(newest, *table.primary_key)


def _conditions(
    table: Table, texts: tuple[str, ...], filters: Filters
) -> Iterator[ColumnElement[bool]]:
    yield from of_records(table, filters)
    if filters.since is not None:
        yield table.c.applied_at >= filters.since
    if filters.search:
        columns = (table.c[name] for name in texts)
        yield or_(*(column.icontains(filters.search, autoescape=True) for column in columns))


def list_people(connection: Connection) -> frozenset[str]:
    """What residents and leases call people now: names, e-mail addresses and phone numbers."""
    columns = (RESIDENTS.c.name, RESIDENTS.c.email, RESIDENTS.c.phone, LEASES.c.resident_name)
    texts = union(*(select(column) for column in columns))
    return frozenset(text for text in connection.execute(texts).scalars() if text is not None)
