"""Transactions on the one write connection: each is whole on disk, or nothing of it is.

What an acknowledgement or a person waits for is on disk when it returns. What is derived of that
(an event's effect) need not be: were the power to fail, it is derived again. SQLite writes both to
one log in order, and whatever has to be on disk takes with it all that came before.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, TypeVar

from store.driver import SqlError, advise, cause_of, driver_of
from store.errors import StoreRejectedError, StoreUnavailableError
from store.safekeeping.files import OpenFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

_T = TypeVar("_T")
_LITTLE_PATIENCE_S = 0.1
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.001, 0.02
"""Between two attempts to get another process's lock."""


class Transactions:
    """Runs one after the other; to be used by one thread at a time."""

    def __init__(self, connection: Connection, path: Path) -> None:
        """Takes over the patience of the connection: SQLite itself does not wait any more.

        What waits for a lock is `BEGIN`, and how long is different from case to case; nothing that
        follows can meet one.
        """
        self._connection = connection
        self._path = path
        self._driver = driver_of(connection)
        self._patience_s = self._driver.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
        self._driver.execute("PRAGMA busy_timeout = 0").close()
        self._files = OpenFiles(path)
        self._waits_for_disk = True
        self.commit_s = 0.0
        """How long the last one took to be on disk after all of its statements."""

    def run(
        self, work: Callable[[Connection], _T], *, hurry: bool = False, durable: bool = True
    ) -> _T:
        """Gives what `work` returned once it is committed.

        Args:
            work: what to do in the transaction, which may have begun already.
            hurry: not to wait long for another process's lock, since arrivals wait behind it.
            durable: whether it is to be on disk then. Otherwise it survives the end of this
                process, but not that of the machine until the next one that is durable.

        Raises:
            StoreUnavailableError: the store's files are no longer where they were.
            DBAPIError, sqlite3.Error: SQLite could not do it; nothing of it is stored.
        """
        if not self._driver.in_transaction:
            self._wait_for_disk(wait=durable)
            self._begin(_LITTLE_PATIENCE_S if hurry else self._patience_s)
        try:
            result = work(self._connection)
            started = time.monotonic()
            self._driver.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite has rolled back by itself; a second rollback would raise.
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            raise
        if durable:
            self.commit_s = time.monotonic() - started
        return result

    def _wait_for_disk(self, *, wait: bool) -> None:
        if wait is not self._waits_for_disk:
            self._driver.execute(f"PRAGMA synchronous = {'FULL' if wait else 'NORMAL'}").close()
            self._waits_for_disk = wait

    def begin_at_once(self) -> bool:
        """Begins the durable transaction that is run next; not if anything is in the way."""
        try:
            self._wait_for_disk(wait=True)
            self._begin(0)
        except (StoreUnavailableError, sqlite3.Error):
            return False  # whoever waits for it finds out the same, and says so
        return True

    def _begin(self, patience_s: float) -> None:
        if not self.in_place:
            raise self.gone()
        deadline = time.monotonic() + patience_s
        pause = _FIRST_PAUSE_S
        while True:
            try:
                self._driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                left = deadline - time.monotonic()
                if not is_busy(error) or left <= 0:
                    raise
                time.sleep(min(pause, left))
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return

    @property
    def in_place(self) -> bool:
        """Whether what is committed can be found again by its name, as far as is known."""
        return self._files.in_place()

    def gone(self) -> StoreUnavailableError:
        """The error when `in_place` is false."""
        return StoreUnavailableError(
            f"The store's file {self._path} or its log was moved or deleted while it was in use. "
            "Put it back, or restart with another store."
        )


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process has a lock that it will give back."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


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
    return StoreUnavailableError(
        f"The store could not be written: {cause_of(error)}.{advise(error)}"
    )


def rejected(error: BaseException) -> StoreRejectedError:
    """What a transaction that can never succeed is for whoever waits for it."""
    cause = cause_of(error)
    return StoreRejectedError(f"The store does not take what was to be written: {cause}.")


def failure_of(error: BaseException) -> BaseException:
    """What failed work is for whoever asked for it."""
    if not isinstance(error, SqlError):
        return error
    return unavailable(error) if is_at_fault(error) else rejected(error)
