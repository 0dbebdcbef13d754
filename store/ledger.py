"""The records as one transaction sees them: read once, changed in memory, written at the end.

Processing reads and writes the same few connections, properties and units again and again; so a
batch of events costs one read a record and one `executemany` a table.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import Insert, insert

from store.records import (
    ConnectionRecord,
    Lease,
    LeaseRecord,
    Occupancy,
    Property,
    PropertyState,
    Resident,
    Unit,
)
from store.tables import Base, ConnectionRow, LeaseRow, PropertyRow, ResidentRow, UnitRow

if TYPE_CHECKING:
    from sqlalchemy import Connection, FromClause, RowMapping, Select, Table

Record: TypeAlias = ConnectionRecord | Property | Unit | LeaseRecord | Resident
_R = TypeVar("_R", ConnectionRecord, Property, Unit, LeaseRecord, Resident)
_Key: TypeAlias = tuple[str, ...]


class Ledger:
    """A cache of records over one connection. Nothing is written before `flush`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cache: dict[tuple[type[Record], _Key], Record | None] = {}
        self._dirty: dict[tuple[type[Record], _Key], Record] = {}
        self._buildings: dict[tuple[str, str], dict[str, Unit] | None] = {}
        """The units of properties that were asked for; None for those that are too large."""

    def connection(self, connection_id: str) -> ConnectionRecord | None:
        """The connection, registered or only seen."""
        return self._find(ConnectionRecord, (connection_id,))

    def property(self, connection_id: str, property_id: str) -> Property | None:
        """The property; its `units` is not counted here."""
        return self._find(Property, (connection_id, property_id))

    def unit(self, connection_id: str, unit_id: str) -> Unit | None:
        """The unit, with its current lease."""
        return self._find(Unit, (connection_id, unit_id))

    def lease(self, connection_id: str, lease_id: str) -> LeaseRecord | None:
        """The lease known by that id."""
        return self._find(LeaseRecord, (connection_id, lease_id))

    def leases_of(self, connection_id: str, unit_id: str) -> list[LeaseRecord]:
        """Every lease of a unit that was delivered as a record of its own."""
        found = self._all(LeaseRecord, connection_id, "unit_id", unit_id)
        return [lease for lease in found if lease.unit_id == unit_id]

    def units_of(self, connection_id: str, property_id: str, most: int) -> list[Unit] | None:
        """Every unit of a property; read once, and kept up to date after that.

        None when there are more than `most`: reading them would hold up others.
        """
        key = (connection_id, property_id)
        if key not in self._buildings:
            found = self._read_building(key, most)
            here = None if found is None else {unit.unit_id: unit for unit in found}
            self._buildings[key] = here
        units = self._buildings[key]
        return None if units is None else list(units.values())

    def _read_building(self, key: tuple[str, str], most: int) -> list[Unit] | None:
        connection_id, property_id = key
        count = self._connection.exec_driver_sql(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM units WHERE connection_id = ? AND property_id = ? LIMIT ?)",
            (connection_id, property_id, most + 1),
        ).scalar_one()
        if count > most:
            return None
        found = self._all(Unit, connection_id, "property_id", property_id)
        return [unit for unit in found if unit.property_id == property_id]

    def resident(self, connection_id: str, resident_id: str) -> Resident | None:
        """The resident."""
        return self._find(Resident, (connection_id, resident_id))

    def units_of_connection(self, connection_id: str) -> list[Unit]:
        """Every unit of a connection."""
        return self._all(Unit, connection_id)

    def leases_of_connection(self, connection_id: str) -> list[LeaseRecord]:
        """Every lease of a connection that was delivered or fetched as a record of its own."""
        return self._all(LeaseRecord, connection_id)

    def linked_properties(self, connection_id: str) -> list[Property]:
        """The properties of a connection whose events are processed."""
        found = self._all(Property, connection_id)
        return [record for record in found if record.state is PropertyState.LINKED]

    def put(self, record: Record) -> None:
        """Replaces a record; later reads of this transaction see it."""
        place = (type(record), _key_of(record))
        self._cache[place] = self._dirty[place] = record
        if isinstance(record, Unit):
            self._house(record)

    def _house(self, unit: Unit) -> None:
        for (connection_id, property_id), units in self._buildings.items():
            if units is None or unit.connection_id != connection_id:
                continue
            if unit.property_id == property_id:
                units[unit.unit_id] = unit
            else:
                units.pop(unit.unit_id, None)

    def flush(self) -> None:
        """Writes what was put, in the caller's transaction."""
        by_table: dict[type[Record], list[dict[str, Any]]] = {}
        for (kind, _), record in self._dirty.items():
            by_table.setdefault(kind, []).append(_to_row(record))
        for kind, rows in by_table.items():
            self._connection.execute(_upsert(cast("Table", _TABLES[kind].__table__)), rows)
        self._dirty.clear()

    def _all(
        self, kind: type[_R], connection_id: str, column: str | None = None, value: str = ""
    ) -> list[_R]:
        """The records of a connection as they are now, and those that a column chooses.

        One that was put in this transaction takes the place of what is stored, whether the column
        chooses it still or not.
        """
        values = {"connection_id": connection_id} | ({column: value} if column else {})
        rows = self._connection.execute(_listing(_TABLES[kind].__table__, column), values)
        stored = [from_row(kind, row) for row in rows.mappings()]
        if not self._dirty:
            return stored
        put = [each for each in self._dirty.values() if isinstance(each, kind)]
        by_key = {_key_of(record): record for record in stored}
        by_key |= {_key_of(each): each for each in put if each.connection_id == connection_id}
        return list(by_key.values())

    def _find(self, kind: type[_R], key: _Key) -> _R | None:
        place: tuple[type[Record], _Key] = (kind, key)
        if place not in self._cache:
            self._cache[place] = self._read(kind, key)
        return cast("_R | None", self._cache[place])

    def _read(self, kind: type[Record], key: _Key) -> Record | None:
        table = _TABLES[kind].__table__
        values = dict(zip((column.name for column in table.primary_key), key, strict=True))
        row = self._connection.execute(_lookup(table), values).mappings().first()
        return None if row is None else from_row(kind, row)  # type: ignore[type-var]


_TABLES: dict[type[Record], type[Base]] = {
    ConnectionRecord: ConnectionRow,
    Property: PropertyRow,
    Unit: UnitRow,
    LeaseRecord: LeaseRow,
    Resident: ResidentRow,
}


# Building a statement takes several times as long as running it, and these never change.
@cache
def _lookup(table: FromClause) -> Select[Any]:
    return select(table).where(*(column == bindparam(column.name) for column in table.primary_key))


@cache
def _listing(table: FromClause, column: str | None) -> Select[Any]:
    names = ("connection_id",) if column is None else ("connection_id", column)
    return select(table).where(*(table.c[name] == bindparam(name) for name in names))


@cache
def _upsert(table: Table) -> Insert:
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns}
    replaced = {name: value for name, value in others.items() if name not in keys}
    return statement.on_conflict_do_update(keys, set_=replaced)


def _key_of(record: Record) -> _Key:
    names = (column.name for column in _TABLES[type(record)].__table__.primary_key)
    return tuple(getattr(record, name) for name in names)


def _to_row(record: Record) -> dict[str, Any]:
    columns = _TABLES[type(record)].__table__.columns.keys()
    row = {name: getattr(record, name) for name in columns}
    if isinstance(record, Unit):
        row["lease"] = None if record.lease is None else _write_lease(record.lease)
    return row


def from_row(kind: type[_R], row: RowMapping) -> _R:
    """A record from a row of its table."""
    values: dict[str, Any] = dict(row)
    if kind is Unit:
        values["lease"] = read_lease(values["lease"])
        values["occupancy"] = _OCCUPANCIES.get(values["occupancy"])
    if kind is Property:
        values["state"] = PropertyState(values["state"])
    return kind(**values)


_OCCUPANCIES: dict[str | None, Occupancy] = {each.value: each for each in Occupancy}


def read_lease(text: str | None) -> Lease | None:
    """A unit's current lease from its column."""
    return None if text is None else Lease(**json.loads(text))


def _write_lease(lease: Lease) -> str:
    said = {name: value for name, value in asdict(lease).items() if value is not None}
    return json.dumps(said, ensure_ascii=False)
