"""Transactions on the one write connection: each is whole on disk, or nothing of it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from store.errors import StoreRejectedError, StoreUnavailableError
from store.files import OpenFiles

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

_T = TypeVar("_T")
_LITTLE_PATIENCE_MS = 100


class Transactions:
    """Runs one after the other; to be used on the writer's thread."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._patience_ms = int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())
        self._files = OpenFiles(path)

    def run(self, work: Callable[[Connection], _T]) -> _T:
        """Gives what `work` returned once it is committed.

        Raises:
            StoreUnavailableError: the store's files are no longer where they were.
            DBAPIError: SQLite could not do it; nothing of it is stored.
        """
        if not self.in_place:
            raise self.gone()
        connection = self._connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            # After a full disk SQLite has rolled back by itself; a second rollback would raise.
            if _driver(connection).in_transaction:
                connection.exec_driver_sql("ROLLBACK")
            raise
        return result

    @contextmanager
    def little_patience(self) -> Iterator[None]:
        """For work that arrivals wait behind: it does not wait long for another process's lock."""
        self._wait_for_locks(_LITTLE_PATIENCE_MS)
        try:
            yield
        finally:
            self._wait_for_locks(self._patience_ms)

    @property
    def in_place(self) -> bool:
        """Whether what is committed can be found again by its name."""
        return self._files.in_place()

    def gone(self) -> StoreUnavailableError:
        """The error when `in_place` is false."""
        return StoreUnavailableError(
            f"The store's file {self._path} or its log was moved or deleted while it was in use. "
            "Put it back, or restart with another store."
        )

    def _wait_for_locks(self, milliseconds: int) -> None:
        self._connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}").close()


def is_at_fault(error: Exception) -> bool:
    """Whether the store is at fault (locked, full, damaged, gone), not what was to be written."""
    # SQLite's errors of a damaged file are of the bare class, those of bad input of another.
    damaged = type(error) is DatabaseError
    return damaged or isinstance(error, OperationalError | StoreUnavailableError)


def unavailable(error: Exception) -> StoreUnavailableError:
    """What a failed transaction is for whoever waits for it."""
    if isinstance(error, StoreUnavailableError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StoreUnavailableError(f"The store could not be written: {cause}.")


def rejected(error: DBAPIError) -> StoreRejectedError:
    """What a transaction that can never succeed is for whoever waits for it."""
    return StoreRejectedError(f"The store does not take what was to be written: {error.orig}.")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
