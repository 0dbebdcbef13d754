"""Creates, recognises, checks and upgrades the store's file.

A file that is not ours is never written to: `application_id` says whose it is, `user_version` which
schema it has. Both are read through a read-only connection before anything else happens. SQLite's
locks end when a file is closed by the process that holds them, so nothing here opens one itself.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import store.forwarding.forward_tables  # noqa: F401 - its tables are part of the schema
from store.driver import cure_of
from store.errors import StoreMissingError, StoreRefusedError
from store.structure.tables import METADATA, SEARCH_INDEX
from store.structure.upgrades import UPGRADES

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

APPLICATION_ID = 0x4D425455  # "MBTU"
_QUICK_CHECK_BYTES = 8 << 20
"""Larger files are not checked whenever they are opened: it reads all of them, a millisecond a
megabyte, and a start opens the file three times. A close look of the checks reads them whole."""


def _create(connection: Connection) -> None:
    METADATA.create_all(connection)
    connection.exec_driver_sql(SEARCH_INDEX)
    connection.exec_driver_sql(
        "INSERT INTO progress (name, value) VALUES ('admitted', 0), ('last_delivery', 0),"
        " ('searchable', 0)"
    )


SCHEMA_VERSION = 1 + len(UPGRADES)


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite that this Python brings."""
    return sqlite3.sqlite_version_info


def inspect(path: Path) -> int:
    """Recognises the file at `path` without writing to it, and gives its schema version.

    Returns:
        0 for a file that does not exist yet or holds nothing, else 1 … `SCHEMA_VERSION`.

    Raises:
        StoreRefusedError: it is a folder, unreadable, damaged, another program's, or newer.
    """
    if not _size_of(path):
        return 0
    try:
        with closing(_connect_to_read(path)) as connection:
            version = _recognise(connection, path)
            if path.stat().st_size <= _QUICK_CHECK_BYTES:
                check_integrity(connection, path)
            return version
    except sqlite3.DatabaseError as error:
        raise _refusal(path, error) from error


def _size_of(path: Path) -> int:
    """How many bytes the file has; 0 too where none is yet."""
    try:
        if path.is_dir():
            raise StoreRefusedError(f"The store {path} is a folder. Name a file with --db.")
        if not path.parent.is_dir():
            raise StoreRefusedError(
                f"The folder {path.parent} for the store does not exist. Create it, or choose "
                "another place with --db."
            )
        # One look: another process may delete it between two.
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise StoreRefusedError(
            f"The store {path} cannot be reached ({error.strerror}). Run the command as the user "
            "whose it is, check the permissions of its folders, or choose another with --db."
        ) from error


def _connect_to_read(path: Path) -> sqlite3.Connection:
    # Without a log nobody has the file open, and it can be read as if it never changed. Otherwise
    # even a connection that only reads would leave a log beside another program's file.
    in_use = os.path.exists(f"{os.path.realpath(path)}-wal")  # noqa: PTH110
    how = "mode=ro" if in_use else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=1.5)


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if owner == version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        # What is left of a receiver that was killed while it made its store.
        return 0
    if owner != APPLICATION_ID:
        raise StoreRefusedError(
            f"{path} is a database of another program; it was left untouched. "
            "Choose another file with --db."
        )
    if version > SCHEMA_VERSION:
        raise StoreRefusedError(
            f"The store {path} was written by a newer meterbase-tui (schema {version}, this one "
            f"knows {SCHEMA_VERSION}); it was left untouched. Upgrade meterbase-tui, or choose "
            "another file with --db."
        )
    return version


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Raises `StoreRefusedError` when SQLite finds the file's structure damaged."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _damaged(path, found)


def _damaged(path: Path, detail: object) -> StoreRefusedError:
    first_line = str(detail).splitlines()[-1][:200]
    return StoreRefusedError(
        f"The store {path} is damaged or not a database ({first_line}); it was left untouched. "
        "Move it aside and start with a new one, or choose another file with --db."
    )


def _refusal(path: Path, error: sqlite3.DatabaseError) -> StoreRefusedError:
    if isinstance(error, sqlite3.OperationalError):
        return StoreRefusedError(
            f"The store {path} cannot be opened ({error}). "
            f"{cure_of(error) or 'Look at its disk'}, or choose another file with --db."
        )
    return _damaged(path, error)


def create_private(path: Path) -> None:
    """Sees to it that only its owner can read a new store; SQLite's other files follow its mode.

    Raises:
        StoreRefusedError: the folder does not let us.
    """
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if path.stat().st_size == 0:
            path.chmod(0o600)
    except OSError as error:
        raise StoreRefusedError(
            f"The store {path} cannot be written ({error.strerror}). Check the permissions, or "
            "choose another file with --db."
        ) from error


def upgrade(connection: Connection, version: int) -> None:
    """Brings the store from `version` to `SCHEMA_VERSION`, inside the caller's transaction."""
    if version == 0:
        _create(connection)
    else:
        for step in UPGRADES[version - 1 :]:
            step(connection)
    # Both live in the file's header and are part of the transaction.
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def require_current(path: Path) -> None:
    """Checks that `path` is a store that can be read as it is.

    Raises:
        StoreMissingError: there is none yet.
        StoreRefusedError: as `inspect`, or it waits for an upgrade, which only a receiver does.
    """
    version = inspect(path)
    if version == 0:
        raise StoreMissingError(
            f"There is no store at {path} yet. Start `meterbase-tui` or `meterbase-tui listen`, "
            "or name another with --db."
        )
    if version < SCHEMA_VERSION:
        raise StoreRefusedError(
            f"The store {path} was written by an older meterbase-tui. Start `meterbase-tui` once "
            "to upgrade it."
        )
