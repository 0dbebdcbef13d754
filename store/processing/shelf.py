"""Keeps what was read of the records from one transaction to the next, as long as it holds.

Batch after batch reads the same connections, properties and units, and reading them takes longer
than anything else. There is one connection that writes: so they are as they were left, unless other
work was done on it in between, its last transaction was rolled back, or somebody wrote by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.processing.ledger import Ledger

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORK = "work"
_MOST_RECORDS = 50_000
"""Kept in memory: some 40 MB of units."""


def number_work(info: dict[Any, Any]) -> None:
    """Counts a piece of work beside arrivals, and one that failed once more.

    Args:
        info: what is noted of the connection; see SQLAlchemy's `Connection.info`.
    """
    info[_WORK] = info.get(_WORK, 0) + 1


class Shelf:
    """A ledger for batches that follow one another; to be used in the writer's transactions."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._expected: tuple[int, int] | None = None

    def take(self, connection: Connection) -> Ledger:
        """The ledger of the last batch, if what it holds is true still, or a new one.

        To be called once in a transaction, before anything is read from it.
        """
        work = connection.info.get(_WORK, 0)
        # Of other connections: it does not change by what this one writes.
        version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        ledger = self._ledger
        if ledger is None or self._expected != (work, version) or ledger.size > _MOST_RECORDS:
            ledger = self._ledger = Ledger(connection)
        self._expected = (work + 1, version)
        ledger.forget_connections()
        return ledger
