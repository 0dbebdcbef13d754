"""What was read of the records is kept while it holds, and not a moment longer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from store.driver import driver_of
from store.processing.ledger import Ledger
from store.processing.queue import Claim
from store.processing.shelf import Shelf
from store.records import EventFacts, LeaseRecord, Resident, Unit
from tests.stand_ins.arrivals import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.database import Database

UNIT = Unit(connection_id="c", unit_id="u", property_id="p", sqft=900)


def batch(database: Database, shelf: Shelf, *units: Unit) -> Unit | None:
    """One batch of the processor: what it sees of the unit, and what it puts."""

    def work(connection: Connection) -> Unit | None:
        ledger = shelf.take(connection)
        seen = ledger.unit("c", "u")
        for unit in units:
            ledger.put(unit)
        ledger.flush()
        return seen

    return database.write(work).result(5)


def count_reads(database: Database, work: Callable[[], object]) -> int:
    reads: list[str] = []

    def watch(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver
        driver.set_trace_callback(lambda text: reads.append(text) if "FROM units" in text else None)

    database.write(watch).result(5)
    work()
    return len(reads)


def test_batch_after_batch_reads_a_record_once(database: Database) -> None:
    shelf = Shelf()

    def batches() -> None:
        batch(database, shelf, UNIT)
        for sqft in range(901, 911):
            seen = batch(database, shelf, UNIT._replace(sqft=sqft))
            assert seen == UNIT._replace(sqft=sqft - 1)

    assert count_reads(database, batches) == 1


def test_what_a_batch_is_about_is_read_at_once(database: Database) -> None:
    units = [UNIT._replace(unit_id=f"u{number}", sqft=number) for number in range(300)]
    leases = [
        LeaseRecord(connection_id="c", lease_id=f"l{number}", unit_id=f"u{number % 200}")
        for number in range(400)
    ]
    resident = Resident(connection_id="c", resident_id="r", name="Zoë")

    def fill(connection: Connection) -> None:
        ledger = Ledger(connection)
        for unit in units:
            ledger.put(unit)
        for lease in leases:
            ledger.put(lease)
        ledger.put(resident)
        ledger.flush()

    database.write(fill).result(5)
    claims = [
        *(claim("unit", f"u{number % 301}") for number in range(602)),
        claim("lease", "l399"),
        claim("lease", "none"),
        claim("resident", "r"),
        claim("invoice", "i"),
    ]

    def look(connection: Connection) -> list[str]:
        statements: list[str] = []
        ledger = Shelf().take(connection, claims)
        driver_of(connection).set_trace_callback(statements.append)
        assert [ledger.unit("c", unit.unit_id) for unit in units] == units
        assert ledger.unit("c", "u300") is None
        for number in range(200):
            assert ledger.leases_of("c", f"u{number}") == [leases[number], leases[200 + number]]
        assert ledger.leases_of("c", "u299") == ledger.leases_of("c", "u300") == []
        assert ledger.lease("c", "l399") == leases[399]
        assert ledger.lease("c", "none") is None
        assert ledger.resident("c", "r") == resident
        driver_of(connection).set_trace_callback(None)
        return statements

    assert database.write(look).result(5) == []


def test_what_is_read_ahead_leaves_what_was_put(database: Database) -> None:
    def work(connection: Connection) -> None:
        ledger = Ledger(connection)
        own, others = (LeaseRecord(connection_id="c", lease_id=name, unit_id=name) for name in "uo")
        ledger.put(UNIT)
        ledger.put(own)
        ledger.put(others)
        ledger.foresee(Unit, [("c", "u"), ("c", "o")])
        ledger.foresee(LeaseRecord, [("c", "u")])
        assert ledger.unit("c", "u") == UNIT
        assert ledger.lease("c", "u") == own
        assert ledger.leases_of("c", "u") == [own]
        assert ledger.leases_of("c", "o") == [others]

    database.write(work).result(5)


def claim(resource_type: str, resource_id: str) -> Claim:
    """An event about a record."""
    facts = EventFacts(b"", "data.update", START, "c", resource_type, resource_id)
    return Claim(1, facts, START, 0, False, b"", b"")


def test_other_work_in_between_is_seen(database: Database) -> None:
    shelf = Shelf()
    batch(database, shelf, UNIT)

    def other(connection: Connection) -> None:
        ledger = Ledger(connection)
        ledger.put(UNIT._replace(sqft=1))
        ledger.flush()

    database.write(other).result(5)
    assert batch(database, shelf) == UNIT._replace(sqft=1)


def test_work_that_changes_nothing_leaves_what_was_read(database: Database) -> None:
    shelf = Shelf()
    batch(database, shelf, UNIT)

    def look_and_go_on() -> None:
        database.write(lambda connection: Ledger(connection).property("c", "p")).result(5)
        assert batch(database, shelf, UNIT._replace(sqft=1)) == UNIT

    assert count_reads(database, look_and_go_on) == 0


def test_a_batch_that_was_rolled_back_leaves_nothing(database: Database) -> None:
    shelf = Shelf()
    batch(database, shelf, UNIT)

    def broken(connection: Connection) -> None:
        ledger = shelf.take(connection)
        ledger.put(UNIT._replace(sqft=1))
        ledger.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(broken).result(5)
    assert batch(database, shelf) == UNIT


def test_what_another_program_wrote_is_seen(database: Database) -> None:
    shelf = Shelf()
    batch(database, shelf, UNIT)
    with closing(sqlite3.connect(database.path)) as other:
        other.execute("UPDATE units SET sqft = 1")
        other.commit()
    assert batch(database, shelf) == UNIT._replace(sqft=1)


def test_the_leases_of_a_unit_are_those_that_were_put_too(database: Database) -> None:
    lease = LeaseRecord(connection_id="c", lease_id="l", unit_id="u")

    def leases(ledger: Ledger, unit_id: str) -> list[LeaseRecord]:
        return ledger.leases_of("c", unit_id)

    def work(connection: Connection) -> None:
        ledger = Ledger(connection)
        ledger.put(lease)
        assert leases(ledger, "u") == [lease]
        assert leases(ledger, "v") == []
        moved = replace(lease, unit_id="v")
        ledger.put(moved)
        assert (leases(ledger, "u"), leases(ledger, "v")) == ([], [moved])

    database.write(work).result(5)
