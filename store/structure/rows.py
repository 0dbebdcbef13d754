"""Records as rows of their tables, by driver statements.

Processing reads and writes them thousands of times a second; so what SQLAlchemy would work out each
time, which value of a row is an instant and what the statement is called, is worked out once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

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
from store.statements import INSERT_MANY
from store.structure.tables import (
    CONNECTIONS,
    LEASES,
    PROPERTIES,
    RESIDENTS,
    UNITS,
    Instant,
    from_micros,
    to_micros,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Table


Record: TypeAlias = ConnectionRecord | Property | Unit | LeaseRecord | Resident
R = TypeVar("R", ConnectionRecord, Property, Unit, LeaseRecord, Resident)
_WORDS = ("occupancy", "state")
Key: TypeAlias = tuple[str, ...]
_TABLES: dict[type[Record], Table] = {
    ConnectionRecord: CONNECTIONS,
    Property: PROPERTIES,
    Unit: UNITS,
    LeaseRecord: LEASES,
    Resident: RESIDENTS,
}
KINDS = tuple(_TABLES)
"""Every kind of records."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How records of a kind lie in their table, and the statements that read and write them."""

    names: tuple[str, ...]
    """The columns, in the order of a row."""
    values: Callable[[Record], tuple[Any, ...]]
    """A record's fields in that order."""
    instants: tuple[int, ...]
    """Which of them are instants."""
    words: tuple[int, ...]
    """Which of them may be members of an enumeration."""
    key: Callable[[Record], Key]
    keys: tuple[str, ...]
    """The columns of it."""
    find: str
    """Selects the row of a key."""
    list: str
    """Selects all rows of a connection."""


def layout_of(kind: type[Record]) -> Layout:
    """The layout of a kind of records."""
    return _LAYOUTS[kind]


def select_of(kind: type[Record], columns: tuple[str, ...], count: int) -> str:
    """The statement that selects the rows in which some columns have one of so many combinations.

    Args:
        kind: of records; a row is what `read_row` reads.
        columns: those of an index, from its first.
        count: of combinations; their values are the parameters, one after the other.
    """
    return _select_from(_TABLES[kind].name, layout_of(kind).names, columns, count)


@cache
def _select_from(table: str, names: tuple[str, ...], columns: tuple[str, ...], count: int) -> str:
    combination = f"({', '.join('?' * len(columns))})"
    return (
        f"WITH wanted ({', '.join(columns)})"  # noqa: S608 - our own names
        f" AS (VALUES {', '.join([combination] * count)})"
        f" SELECT {', '.join(f'{table}.{name}' for name in names)} FROM wanted JOIN {table}"
        f" ON {' AND '.join(f'{table}.{name} = wanted.{name}' for name in columns)}"
    )


def upsert_of(kind: type[Record], rows: int, kept: tuple[str, ...] = ()) -> str:
    """The statement that inserts so many records, or puts them in the place of what was there.

    Args:
        kind: of records; their rows are `to_row`'s, one after the other.
        rows: how many.
        kept: columns that stay as they are where there is a row: an index of them is left alone.
    """
    layout = layout_of(kind)
    return _upsert_into(_TABLES[kind].name, layout.names, layout.keys, rows, kept)


@cache
def _upsert_into(
    table: str, names: tuple[str, ...], keys: tuple[str, ...], rows: int, kept: tuple[str, ...]
) -> str:
    row = f"({', '.join('?' * len(names))})"
    replaced = (f"{name} = excluded.{name}" for name in names if name not in (*keys, *kept))
    return (
        f"{INSERT_MANY} {table} ({', '.join(names)})"
        f" VALUES {', '.join([row] * rows)}"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(replaced)}"
    )


def _lay_out(table: Table) -> Layout:
    names = tuple(table.columns.keys())
    keys = tuple(column.name for column in table.primary_key)
    select = f"SELECT {', '.join(names)} FROM {table} WHERE"  # noqa: S608 - our own names, here and below
    return Layout(
        names=names,
        values=attrgetter(*names),
        instants=tuple(
            index for index, column in enumerate(table.columns) if isinstance(column.type, Instant)
        ),
        words=tuple(index for index, name in enumerate(names) if name in _WORDS),
        key=attrgetter(*keys) if len(keys) > 1 else _key_getter(keys[0]),
        keys=keys,
        find=f"{select} {' AND '.join(f'{name} = ?' for name in keys)}",
        list=f"{select} connection_id = ?",
    )


def _key_getter(name: str) -> Callable[[Record], Key]:
    return lambda record: (getattr(record, name),)


_LAYOUTS = {kind: _lay_out(table) for kind, table in _TABLES.items()}


def to_row(record: Record) -> tuple[Any, ...]:
    """A record as the parameters of its kind's `upsert_of`."""
    if isinstance(record, Unit):
        return _unit_to_row(record)
    layout = layout_of(type(record))
    row = list(layout.values(record))
    for index in layout.instants:
        if row[index] is not None:
            row[index] = to_micros(row[index])
    for index in layout.words:
        # A plain text: the driver looks for an adapter of every other type, each time.
        row[index] = row[index] and str(row[index])
    return tuple(row)


def _unit_to_row(unit: Unit) -> tuple[Any, ...]:
    """As `to_row` would, for what nearly every event changes: its fields lie as its columns do."""
    missing_since, updated_at, applied_at = unit.missing_since, unit.updated_at, unit.applied_at
    return (
        *unit[:_LEASE],
        None if unit.lease is None else _write_lease(unit.lease),
        None if unit.occupancy is None else unit.occupancy._value_,
        None if missing_since is None else to_micros(missing_since),
        None if updated_at is None else to_micros(updated_at),
        unit.last_event_id,
        None if applied_at is None else to_micros(applied_at),
    )


def read_row(kind: type[R], row: Sequence[Any]) -> R:
    """The record of a row that its layout's `find` or `list` selected."""
    layout = layout_of(kind)
    values = dict(zip(layout.names, row, strict=True))
    for index in layout.instants:
        if row[index] is not None:
            values[layout.names[index]] = from_micros(row[index])
    return from_row(kind, values)


def from_row(kind: type[R], row: Mapping[Any, Any]) -> R:
    """A record from the values of its columns, instants among them."""
    values: dict[str, Any] = dict(row)
    if kind is Unit:
        values["lease"] = read_lease(values["lease"])
        values["occupancy"] = _OCCUPANCIES.get(values["occupancy"])
    if kind is Property:
        values["state"] = PropertyState(values["state"])
    if kind is ConnectionRecord:
        values["registered"] = bool(values["registered"])
    return kind(**values)


_LEASE = layout_of(Unit).names.index("lease")
_OCCUPANCIES: dict[str | None, Occupancy] = {each.value: each for each in Occupancy}
_TERMS = Lease._fields
_write = json.JSONEncoder(ensure_ascii=False).encode


def read_lease(text: str | None) -> Lease | None:
    """A unit's current lease from its column."""
    return None if text is None else Lease(**json.loads(text))


@lru_cache(maxsize=4_096)
def _write_lease(lease: Lease) -> str:
    # Remembered: few of a unit's events change its lease.
    said = zip(_TERMS, lease, strict=True)
    return _write({name: value for name, value in said if value is not None})
