"""Transactions on the one write connection: each is whole on disk, or nothing of it is."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from store.driver import SqlError, cause_of, driver_of
from store.errors import StoreRejectedError, StoreUnavailableError
from store.safekeeping.files import OpenFiles

if TYPE_CHECKING:
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
        self._driver = driver_of(connection)
        self._patience_ms = int(self._driver.execute("PRAGMA busy_timeout").fetchone()[0])
        self._files = OpenFiles(path)

    def run(self, work: Callable[[Connection], _T]) -> _T:
        """Gives what `work` returned once it is committed.

        Raises:
            StoreUnavailableError: the store's files are no longer where they were.
            DBAPIError, sqlite3.Error: SQLite could not do it; nothing of it is stored.
        """
        if not (self._files.were_in_place_lately or self.in_place):
            raise self.gone()
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._driver.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite has rolled back by itself; a second rollback would raise.
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
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
        self._driver.execute(f"PRAGMA busy_timeout = {milliseconds}").close()


def is_at_fault(error: Exception) -> bool:
    """Whether the store is at fault (locked, full, damaged, gone), not what was to be written."""
    cause = cause_of(error)
    # SQLite's errors of a damaged file are of the bare class, those of bad input of another.
    damaged = type(cause) is sqlite3.DatabaseError
    return damaged or isinstance(cause, sqlite3.OperationalError | StoreUnavailableError)


def unavailable(error: Exception) -> StoreUnavailableError:
    """What a failed transaction is for whoever waits for it."""
    if isinstance(error, StoreUnavailableError):
        return error
    return StoreUnavailableError(f"The store could not be written: {cause_of(error)}.")


def rejected(error: BaseException) -> StoreRejectedError:
    """What a transaction that can never succeed is for whoever waits for it."""
    cause = cause_of(error)
    return StoreRejectedError(f"The store does not take what was to be written: {cause}.")


def failure_of(error: BaseException) -> BaseException:
    """What failed work is for whoever asked for it."""
    if not isinstance(error, SqlError):
        return error
    return unavailable(error) if is_at_fault(error) else rejected(error)
