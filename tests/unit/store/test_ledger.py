from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from store.processing.ledger import Ledger
from store.records import (
    ConnectionRecord,
    Lease,
    LeaseRecord,
    Property,
    PropertyState,
    Resident,
    Unit,
)
from tests.stand_ins.arrivals import START, accepted, look

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Receipt
    from store.structure.rows import Record

LEASE = Lease(
    lease_id="lease_1",
    status="active",
    resident_name="José \x00 𝒜",
    occupant_count=2,
    start_date="2026-01-01",
    end_date="2026-12-31",
)
UNIT = Unit(
    connection_id="c",
    unit_id="u",
    property_id="p",
    unit_number="№ 305",
    status="occupied",
    sqft=950,
    bedrooms=1.5,
    bathrooms=2,
    lease=LEASE,
    missing_since=START,
    updated_at=START + timedelta(seconds=1),
    last_event_id=7,
    applied_at=START + timedelta(seconds=2),
)
RECORDS: list[Record] = [
    ConnectionRecord(connection_id="c", name="n", registered=True, last_sync_at=START),
    Property(connection_id="c", property_id="p", state=PropertyState.REVIEW, applied_at=START),
    UNIT,
    UNIT._replace(lease=Lease()),
    Unit(connection_id="c", unit_id="bare"),
    LeaseRecord(connection_id="c", lease_id="l", occupant_count=0, end_date=None),
    Resident(connection_id="c", resident_id="r", name="Zoë", email="z@example.org"),
]


def find(ledger: Ledger, record: Record) -> Record | None:
    match record:
        case ConnectionRecord():
            return ledger.connection(record.connection_id)
        case Property():
            return ledger.property(record.connection_id, record.property_id)
        case Unit():
            return ledger.unit(record.connection_id, record.unit_id)
        case LeaseRecord():
            return ledger.lease(record.connection_id, record.lease_id)
        case Resident():
            return ledger.resident(record.connection_id, record.resident_id)


def store(database: Database, *records: Record) -> None:
    def work(connection: Connection) -> None:
        ledger = Ledger(connection)
        for record in records:
            ledger.put(record)
        ledger.flush()

    database.write(work).result(5)


def read(database: Database, like: Record) -> Record | None:
    return database.write(lambda connection: find(Ledger(connection), like)).result(5)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was_put(database: Database, record: Record) -> None:
    assert read(database, record) is None

    store(database, record)

    assert read(database, record) == record


def test_what_was_put_is_read_before_it_is_written(database: Database) -> None:
    def work(connection: Connection) -> tuple[Record | None, Record | None, int]:
        ledger = Ledger(connection)
        assert ledger.unit("c", "u") is None  # an absence that is remembered must not hide it
        ledger.put(UNIT._replace(sqft=1))
        ledger.put(UNIT._replace(sqft=2))
        written = connection.exec_driver_sql("SELECT count(*) FROM units").scalar_one()
        return ledger.unit("c", "u"), Ledger(connection).unit("c", "u"), written

    own, others, written = database.write(work).result(5)

    assert own == UNIT._replace(sqft=2)
    assert others is None
    assert written == 0


def test_nothing_is_written_without_flush(database: Database) -> None:
    database.write(lambda connection: Ledger(connection).put(UNIT)).result(5)

    assert read(database, UNIT) is None


def test_a_second_flush_writes_only_what_was_put_since(database: Database) -> None:
    def work(connection: Connection) -> None:
        ledger = Ledger(connection)
        ledger.put(UNIT)
        ledger.flush()
        connection.exec_driver_sql("UPDATE units SET sqft = 1")
        ledger.put(UNIT._replace(unit_id="other"))
        ledger.flush()

    database.write(work).result(5)

    assert look(database.path, "SELECT unit_id, sqft FROM units ORDER BY unit_id") == [
        ("other", 950),
        ("u", 1),
    ]


def test_putting_it_again_replaces_every_field_and_makes_no_second_row(database: Database) -> None:
    store(database, UNIT)
    empty = Unit(connection_id="c", unit_id="u")

    store(database, empty)

    assert read(database, UNIT) == empty
    assert look(database.path, "SELECT count(*) FROM units") == [1]


def test_the_same_id_in_another_connection_is_another_record(database: Database) -> None:
    other = UNIT._replace(connection_id="d", sqft=1)
    store(database, UNIT, other)

    assert read(database, UNIT) == UNIT
    assert read(database, other) == other


def test_records_of_several_kinds_are_written_together(database: Database) -> None:
    store(database, *RECORDS)

    for record in RECORDS[:2] + RECORDS[3:]:
        assert read(database, record) == record


@pytest.mark.parametrize(("put", "read_back"), [(950.0, 950), (950, 950), (0.1, 0.1), (0, 0)])
def test_a_whole_number_is_an_integer_however_it_was_written(
    database: Database, put: float, read_back: float
) -> None:
    store(database, UNIT._replace(sqft=put))

    found = read(database, UNIT)

    assert isinstance(found, Unit)
    assert found.sqft == read_back
    assert type(found.sqft) is type(read_back)


def test_the_leases_of_a_unit_are_those_stored_and_those_put(database: Database) -> None:
    def lease(lease_id: str, unit_id: str | None = "u", connection_id: str = "c") -> LeaseRecord:
        return LeaseRecord(connection_id=connection_id, lease_id=lease_id, unit_id=unit_id)

    stored = [lease("1"), lease("2"), lease("3"), lease("4", "other"), lease("5", "u", "d")]
    store(database, *stored)

    def work(connection: Connection) -> set[str]:
        ledger = Ledger(connection)
        ledger.put(replace(lease("2"), status="ended"))
        ledger.put(lease("3", "other"))  # it has moved out of the unit
        ledger.put(lease("4"))
        ledger.put(lease("1", "u", "d"))  # another connection's, under the same id
        found = ledger.leases_of("c", "u")
        assert replace(lease("2"), status="ended") in found
        return {record.lease_id for record in found}

    assert database.write(work).result(5) == {"1", "2", "4"}


def test_the_event_that_changed_a_record_last_is_kept(
    database: Database,
    deliver: Callable[..., list[Receipt]],
    admit: Callable[[], int],
) -> None:
    deliver(database, accepted(1))
    admit()
    store(database, UNIT._replace(last_event_id=1))

    assert read(database, UNIT) == UNIT._replace(last_event_id=1)


def test_the_units_of_a_property_are_those_that_were_put_too(database: Database) -> None:
    def work(connection: Connection) -> None:
        ledger = Ledger(connection)
        for number in range(3):
            ledger.put(UNIT._replace(unit_id=f"u{number}"))
        ledger.put(UNIT._replace(unit_id="far", property_id="q"))
        ledger.put(UNIT._replace(unit_id="other", connection_id="d"))
        assert names(ledger) == ["u0", "u1", "u2"]
        ledger.flush()
        again = Ledger(connection)
        again.put(UNIT._replace(unit_id="u1", property_id="q"))
        assert names(again) == ["u0", "u2"]
        again.put(UNIT._replace(unit_id="u0", sqft=1))
        again.put(UNIT._replace(unit_id="u2", property_id="q"))
        again.put(UNIT._replace(unit_id="far"))
        assert names(again) == ["far", "u0"]
        areas = {unit.unit_id: unit.sqft for unit in again.building("c", "p", 9) or []}
        assert areas["u0"] == 1

    def names(ledger: Ledger) -> list[str]:
        return sorted(unit.unit_id for unit in ledger.building("c", "p", 9) or [])

    database.write(work).result(5)


def test_a_property_that_is_too_large_is_not_read(database: Database) -> None:
    def work(connection: Connection) -> None:
        first = Ledger(connection)
        for number in range(3):
            first.put(UNIT._replace(unit_id=f"u{number}"))
        first.flush()
        assert len(Ledger(connection).building("c", "p", 3) or []) == 3
        large = Ledger(connection)
        assert large.building("c", "p", 2) is None
        large.put(UNIT._replace(unit_id="u9"))
        assert large.building("c", "p", 2) is None
        nowhere = Ledger(connection).building("c", "nowhere", 2)
        assert nowhere is not None
        assert len(nowhere) == 0

    database.write(work).result(5)
