"""The driver's own connection, for what every acknowledgement does.

SQLAlchemy takes 7 to 14 µs a statement more than the driver, and a delivery that comes alone waits
for five of them. Everything that is not waited for goes through SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, cast

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy import Connection

SqlError = (DBAPIError, sqlite3.Error)
"""What a statement raises that SQLite refuses, by either way."""
_CURES = {
    sqlite3.SQLITE_BUSY: "End the program that has it locked, and try again",
    sqlite3.SQLITE_FULL: "Free some space",
    sqlite3.SQLITE_READONLY: "Check its permissions and those of its folder",
    sqlite3.SQLITE_CANTOPEN: "Check its permissions and those of its folder",
}


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection behind one of SQLAlchemy's: they share their transaction."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def cause_of(error: BaseException) -> BaseException:
    """The driver's error behind one of SQLAlchemy's; any other as it is."""
    return error.orig or error if isinstance(error, DBAPIError) else error


def cure_of(error: BaseException) -> str:
    """What a user can do against an error of SQLite's: `Free some space`, or an empty text."""
    return _CURES.get(getattr(cause_of(error), "sqlite_errorcode", 0) & 0xFF, "")


def advise(error: BaseException) -> str:
    """The same as a sentence to put after another; empty if nothing is known."""
    cure = cure_of(error)
    return f" {cure}." if cure else ""
