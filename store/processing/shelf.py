"""Keeps what was read of the records from one transaction to the next, as long as it holds.

Batch after batch reads the same connections, properties and units, and reading them takes longer
than anything else. There is one connection that writes: so they are as they were left, unless other
work changed something in between, its last transaction was rolled back, or somebody wrote by hand.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from store.driver import driver_of
from store.processing.ledger import Ledger
from store.records import LeaseRecord, Resident, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from store.processing.queue import Claim

_WORK = "work"
_MOST_RECORDS = 50_000
"""Kept in memory: some 40 MB of units."""


class WorkCount:
    """Counts what is done on the write connection beside arrivals, as far as it changes a row."""

    def __init__(self, connection: Connection) -> None:
        self._info = connection.info  # asked for now: work may close the connection
        self._driver = driver_of(connection)

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Around a transaction; one that fails is counted twice, whoever began to count it."""
        self._add(1)
        try:
            before = self._driver.total_changes
            yield
            if self._driver.total_changes == before:
                self._add(-1)
        except BaseException:
            self._add(1)
            raise

    def _add(self, number: int) -> None:
        self._info[_WORK] = self._info.get(_WORK, 0) + number


class Shelf:
    """A ledger for batches that follow one another; to be used in the writer's transactions."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._expected: tuple[int, int] | None = None

    def take(self, connection: Connection, claims: Sequence[Claim] = ()) -> Ledger:
        """The ledger of the last batch, if what it holds is true still, or a new one.

        To be called once in a transaction, before anything is read from it.

        Args:
            connection: the writer's.
            claims: the events of the batch: the records that they are about are in it.
        """
        work = connection.info.get(_WORK, 0)
        # Of other connections: it does not change by what this one writes.
        (version,) = driver_of(connection).execute("PRAGMA data_version").fetchone()
        ledger = self._ledger
        if ledger is None or self._expected != (work, version) or ledger.size > _MOST_RECORDS:
            ledger = self._ledger = Ledger(connection)
        self._expected = (work + 1, version)
        ledger.forget_connections()
        ledger.foresee(Unit, _keys_of(claims, "unit"))
        ledger.foresee(LeaseRecord, _keys_of(claims, "lease"))
        ledger.foresee(Resident, _keys_of(claims, "resident"))
        return ledger


def _keys_of(claims: Sequence[Claim], resource_type: str) -> list[tuple[str, str]]:
    """The connections and ids of the records of a type."""
    return [
        (facts.connection_id or "", facts.resource_id or "")
        for _, facts, *_ in claims
        if facts.resource_type == resource_type
    ]
