"""The records as one transaction sees them: read once, changed in memory, written at the end.

Processing reads and writes the same few connections, properties and units again and again; so a
batch of events costs one read a record and few statements a table.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, cast

from store.driver import driver_of
from store.processing.building import Building
from store.records import (
    ConnectionRecord,
    LeaseRecord,
    Property,
    PropertyState,
    Resident,
    Unit,
)
from store.statements import in_parts
from store.structure.rows import (
    KINDS,
    Key,
    R,
    Record,
    layout_of,
    read_row,
    select_of,
    to_row,
    upsert_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection


class Ledger:
    """A cache of records over one connection. Nothing is written before `flush`.

    What it has read holds for as long as nothing else writes; see `store.processing.shelf`.
    """

    def __init__(self, connection: Connection) -> None:
        self._driver = driver_of(connection)
        self._cache: dict[type[Record], dict[Key, Record | None]] = {kind: {} for kind in KINDS}
        self._dirty: dict[type[Record], dict[Key, Record]] = {kind: {} for kind in KINDS}
        self._buildings: dict[tuple[str, str], Building | None] = {}
        """The units of properties that were asked for; None for those that are too large."""
        self._leases: dict[tuple[str, str], dict[str, LeaseRecord]] = {}
        """The leases of units that were asked for."""
        self._moved = False
        """Whether a unit that was put may be of another property than its row is."""

    @property
    def size(self) -> int:
        """How many records it holds in memory."""
        return sum(map(len, self._cache.values()))

    def foresee(self, kind: type[R], keys: Iterable[Key]) -> None:
        """Reads at once what is going to be asked for one by one.

        After every statement the interpreter may have to be waited for, and while many deliveries
        come in that takes milliseconds, in which nobody else can write.

        Args:
            kind: of the records; with units their leases are read too.
            keys: those of the records, `(connection_id, unit_id)` and the like.
        """
        cache = self._cache[kind]
        missing = [key for key in dict.fromkeys(keys) if key not in cache]
        if not missing:
            return
        cache.update(dict.fromkeys(missing))
        layout = layout_of(kind)
        for record in self._select(kind, layout.keys, missing):
            cache[layout.key(record)] = record
        if kind is Unit and not self._dirty[LeaseRecord]:
            self._foresee_leases(missing)

    def _foresee_leases(self, units: Sequence[Key]) -> None:
        self._leases.update({(home, unit): {} for home, unit in units})
        for lease in self._select(LeaseRecord, ("connection_id", "unit_id"), units):
            self._cache[LeaseRecord].setdefault((lease.connection_id, lease.lease_id), lease)
            self._leases[lease.connection_id, lease.unit_id or ""][lease.lease_id] = lease

    def _select(self, kind: type[R], columns: tuple[str, ...], keys: Sequence[Key]) -> Iterator[R]:
        for part in in_parts(keys):
            statement = select_of(kind, columns, len(part))
            rows = self._driver.execute(statement, tuple(chain.from_iterable(part))).fetchall()
            yield from [read_row(kind, row) for row in rows]

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
        key = (connection_id, unit_id)
        if key not in self._leases:
            found = self._all(LeaseRecord, connection_id, "unit_id", unit_id)
            for lease in found:
                self._cache[LeaseRecord].setdefault((connection_id, lease.lease_id), lease)
            self._leases[key] = {each.lease_id: each for each in found if each.unit_id == unit_id}
        return list(self._leases[key].values())

    def building(self, connection_id: str, property_id: str, most: int) -> Building | None:
        """The units of a property; read once, and kept up to date after that.

        None when there are more than `most`: reading them would hold up others.
        """
        key = (connection_id, property_id)
        if key not in self._buildings:
            self._buildings[key] = self._read_building(key, most)
        building = self._buildings[key]
        if building is not None and len(building) > most:
            # It has grown too large: nobody asks for its sums, so they are not kept.
            building = self._buildings[key] = None
        return building

    def _read_building(self, key: tuple[str, str], most: int) -> Building | None:
        connection_id, property_id = key
        (count,) = self._driver.execute(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM units WHERE connection_id = ? AND property_id = ? LIMIT ?)",
            (connection_id, property_id, most + 1),
        ).fetchone()
        if count > most:
            return None
        found = self._all(Unit, connection_id, "property_id", property_id)
        for unit in found:
            self._cache[Unit].setdefault((connection_id, unit.unit_id), unit)
        return Building(unit for unit in found if unit.property_id == property_id)

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
        kind = type(record)
        key = layout_of(kind).key(record)
        cache = self._cache[kind]
        before = cache.get(key)
        if isinstance(record, Unit):
            self._house(record, before)
        elif isinstance(record, LeaseRecord):
            self._let(record, before)
        cache[key] = self._dirty[kind][key] = record

    def _let(self, lease: LeaseRecord, before: Record | None) -> None:
        """Keeps the leases of units up to date, of the unit before and the one now."""
        if isinstance(before, LeaseRecord):
            left = self._leases.get((before.connection_id, before.unit_id or ""), {})
            left.pop(lease.lease_id, None)
        here = self._leases.get((lease.connection_id, lease.unit_id or ""))
        if here is not None:
            here[lease.lease_id] = lease

    def _house(self, unit: Unit, before: Record | None) -> None:
        """Keeps the buildings up to date, where a unit was and where it is now."""
        if not isinstance(before, Unit):
            self._moved = True
        elif before.property_id != unit.property_id:
            self._moved = True
            home = (before.connection_id, before.property_id or "")
            left = self._buildings.get(home)
            if left is not None:
                left.remove(unit.unit_id)
            else:
                # If it was too large, it may no longer be.
                self._buildings.pop(home, None)
        here = self._buildings.get((unit.connection_id, unit.property_id or ""))
        if here is not None:
            here.put(unit)

    def flush(self) -> None:
        """Writes what was put, in the caller's transaction."""
        for kind, records in self._dirty.items():
            kept = () if kind is not Unit or self._moved else ("property_id",)
            for part in in_parts([to_row(record) for record in records.values()]):
                statement = upsert_of(kind, len(part), kept)
                self._driver.execute(statement, tuple(chain.from_iterable(part)))
            records.clear()
        self._moved = False

    def forget_connections(self) -> None:
        """Reads connections anew: their events are counted without it."""
        self._cache[ConnectionRecord].clear()

    def _all(
        self, kind: type[R], connection_id: str, column: str | None = None, value: str = ""
    ) -> list[R]:
        """The records of a connection as they are now, and those that a column chooses.

        One that was put in this transaction takes the place of what is stored, whether the column
        chooses it still or not.
        """
        layout = layout_of(kind)
        chosen = f" AND {column} = ?" if column else ""
        values = (connection_id, value) if column else (connection_id,)
        rows = self._driver.execute(layout.list + chosen, values)
        stored = [read_row(kind, row) for row in rows]
        put = cast("dict[Key, R]", self._dirty[kind])
        if not put:
            return stored
        by_key = {layout.key(record): record for record in stored}
        by_key |= {key: each for key, each in put.items() if each.connection_id == connection_id}
        return list(by_key.values())

    def _find(self, kind: type[R], key: Key) -> R | None:
        cache = self._cache[kind]
        if key not in cache:
            row = self._driver.execute(layout_of(kind).find, key).fetchone()
            cache[key] = None if row is None else read_row(kind, row)
        return cast("R | None", cache[key])
