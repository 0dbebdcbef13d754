"""The store opened for reading: by the screen, and by every command that only looks."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import SingletonThreadPool

from store.driver import SqlError, advise, cause_of, driver_of
from store.errors import StoreInterruptedError, StoreUnavailableError
from store.structure.schema import require_current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# With `Connection`, which the query functions take: whoever calls them need not know SQLAlchemy.
__all__ = ["Connection", "Reader"]


class Reader:
    """A read-only view of a store, to be used from one thread."""

    def __init__(self, path: Path) -> None:
        """Opens the store at `path`.

        Raises:
            StoreMissingError: there is none.
            StoreRefusedError: it is damaged, foreign, or of another version.
        """
        require_current(path)
        self.path = path
        self._uri = f"{path.absolute().as_uri()}?mode=ro"
        self._opened: list[sqlite3.Connection] = []
        self._engine = create_engine(
            "sqlite://",
            creator=self._open,
            poolclass=SingletonThreadPool,
            execution_options={"isolation_level": "AUTOCOMMIT"},
        )

    def _open(self) -> sqlite3.Connection:
        # Whoever closes the reader closes what every thread opened; sqlite3 would refuse that.
        opened = sqlite3.connect(
            self._uri, uri=True, timeout=1.5, isolation_level=None, check_same_thread=False
        )
        self._opened.append(opened)
        return opened

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection for some queries; each sees the store as it is when it begins.

        Raises:
            StoreInterruptedError: somebody called `interrupt`.
            StoreUnavailableError: the store cannot be read now.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except SqlError as error:
            cause = cause_of(error)
            if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise StoreInterruptedError("The query was given up.") from error
            raise StoreUnavailableError(
                f"The store {self.path} cannot be read ({cause}).{advise(error)}"
            ) from error

    def interrupt(self) -> None:
        """Ends the query that runs now, if there is one. May be called from any thread."""
        for opened in self._opened:
            opened.interrupt()

    def revision(self) -> int:
        """A number that changes whenever anybody commits, in this process or another."""
        with self.connect() as connection:
            # Asked ten times a second, and by the driver it costs a fifth.
            return int(driver_of(connection).execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Closes the file."""
        self._opened.clear()
        self._engine.dispose()
