"""The store opened for writing, by the one receiver that may."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import NullPool, StaticPool, create_engine
from sqlalchemy.exc import DBAPIError

from store.connections import add_sample
from store.errors import StoreRefusedError, StoreUnavailableError
from store.safekeeping.lock import StoreLock
from store.structure import schema
from store.writing.transactions import unavailable
from store.writing.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from sqlalchemy import Connection, Engine

    from store.loading import Append
    from store.records import Arrival, Receipt
    from store.writing.submissions import Result, Submission, Tell

_T = TypeVar("_T")
_BUSY_MS = 1_500
"""How long a commit waits for another process's lock: well inside the 5 s of an answer."""


class Database:
    """The read-write side of a store. Safe to use from any thread."""

    def __init__(self, path: Path, *, with_sample: bool = True) -> None:
        """Opens the store at `path`, creating or upgrading it.

        Args:
            path: the file; its folder must exist.
            with_sample: whether a store that is created now knows the sample connection.

        Raises:
            StoreInUseError: another receiver holds it.
            StoreRefusedError: it is damaged, foreign, newer or cannot be written.
        """
        # Every name that a store can be reached by must lead to one lock.
        self.path = path = Path(os.path.realpath(path))
        schema.inspect(path)
        self._lock = StoreLock(path)
        self._engine = _open_engine(path)
        try:
            schema.create_private(path)
            connection = self._engine.connect()
            _prepare(connection, path, with_sample=with_sample)
            self._writer = Writer(connection, path)
        except BaseException as error:
            self._engine.dispose()
            self._lock.release()
            if isinstance(error, DBAPIError):
                raise _cannot_be_written(path, error.orig) from error
            raise

    async def append(self, arrival: Arrival, timeout_s: float) -> Receipt:
        """Returns once the arrival is on disk, as `submit` tells it.

        Raises:
            StoreUnavailableError: it was not committed and will not be.
        """
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        submission = self.submit(arrival, timeout_s, partial(_resolve, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            submission.tell = None
            raise

    def submit(self, arrival: Arrival, timeout_s: float, tell: Tell) -> Submission:
        """Has an arrival committed, and `tell` told of it on this event loop; see `Writer.submit`.

        It is committed also if the submission's `tell` is taken away meanwhile.
        """
        return self._writer.submit(arrival, timeout_s, tell)

    def note_answer(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers how long the answer to a delivery took."""
        self._writer.note_answer(delivery_id, milliseconds)

    def write(self, work: Callable[[Connection], _T], *, patient: bool = False) -> Future[_T]:
        """Runs `work` in a transaction on the writer's thread; see `Writer.run` for `patient`.

        The future raises `StoreUnavailableError` when it could not be committed, or what `work`
        raised; nothing of it is stored then.
        """
        return self._writer.run(work, patient=patient)

    def load(self, work: Callable[[Connection, Append], _T]) -> Future[_T]:
        """As `write`, for work that adds deliveries: it is given what numbers and appends them.

        They are all in the store when the future resolves, or none of them is.
        """
        return self._writer.load(work)

    def read(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` on a view of the store that does not change meanwhile, on this thread.

        It holds up nobody, and nobody holds it up.

        Raises:
            StoreUnavailableError: the store cannot be read now.
        """
        uri = f"{self.path.as_uri()}?mode=ro"
        engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=1.5, isolation_level=None),
            poolclass=NullPool,
            execution_options={"isolation_level": "AUTOCOMMIT"},
        )
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                return work(connection)
        except DBAPIError as error:
            raise unavailable(error) from error

    def on_commit(self, tell: Callable[[], None]) -> None:
        """Has `tell` called on the thread that committed something; it must not wait, nor raise."""
        self._writer.on_commit(tell)

    @property
    def alive(self) -> bool:
        """Whether it takes anything. A writer that a mistake has ended takes nothing more."""
        return self._writer.alive

    @property
    def awaited(self) -> bool:
        """Whether an arrival waits to be committed, for the end of work or for other arrivals."""
        return self._writer.awaited

    @property
    def lull(self) -> bool:
        """Whether nothing has arrived for some milliseconds: work may take longer then."""
        return self._writer.tasks.lull

    @property
    def burst(self) -> bool:
        """Whether thousands arrived within the last second: whatever else is done, be it brief."""
        return self._writer.tasks.burst

    def close(self) -> None:
        """Writes what is queued, closes the files and releases the lock."""
        self._writer.stop()
        self._engine.dispose()
        self._lock.release()


def _resolve(answer: asyncio.Future[Receipt], result: Result) -> None:
    if answer.done():
        return
    if isinstance(result, StoreUnavailableError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _open_engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            path,
            timeout=_BUSY_MS / 1000,
            # Transactions are ours: BEGIN IMMEDIATE, or a reader turned writer fails at once.
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )

    return create_engine(
        "sqlite://",
        creator=connect,
        poolclass=StaticPool,
        execution_options={"isolation_level": "AUTOCOMMIT"},
    )


def _cannot_be_written(path: Path, reason: object) -> StoreRefusedError:
    return StoreRefusedError(
        f"The store {path} cannot be written ({reason}). Check the permissions and the disk, or "
        "choose another file with --db."
    )


def _prepare(connection: Connection, path: Path, *, with_sample: bool) -> None:
    # Asked again: another receiver may have come and gone before the lock was ours.
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    # Where a log cannot be shared SQLite keeps its old mode without an error.
    if connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar_one() != "wal":
        raise _cannot_be_written(path, "this file system cannot share a write-ahead log")
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -8192",
        # Checkpoints are the writer's business, when nobody waits for a commit.
        "wal_autocheckpoint = 0",
    ):
        connection.exec_driver_sql(f"PRAGMA {pragma}").close()
    if version < schema.SCHEMA_VERSION:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        schema.upgrade(connection, version)
        if version == 0 and with_sample:
            add_sample(connection)
        connection.exec_driver_sql("COMMIT")
    # What a statement would need to be undone alone; not while an upgrade sorts a million rows.
    connection.exec_driver_sql("PRAGMA temp_store = MEMORY").close()
