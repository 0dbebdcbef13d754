"""Whether a store is sound: SQLite's own check of its structure, and our checksums of its bodies.

SQLite notices a damaged structure, but not a body whose bytes changed in place; so every body has a
SHA-256 of its own, which is compared here.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection

_BODIES = 200
_BYTES = 64 << 20
_ROUND, _ROUND_BYTES = 1_000, 8 << 20


class Soundness(StrEnum):
    """What a check of the structure found."""

    SOUND = "sound"
    DAMAGED = "damaged"
    #: The store is too large for the time that was given.
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class StructureCheck:
    """The result of SQLite's own check."""

    soundness: Soundness
    detail: str | None = None
    """What SQLite said of the damage."""


@dataclass(frozen=True, slots=True)
class BodyCheck:
    """The result of comparing bodies with their checksums."""

    checked: int
    damaged: tuple[int, ...]
    """The deliveries whose body is not what was received."""


@dataclass(frozen=True, slots=True)
class BodyRound:
    """Some bodies, compared with their checksums."""

    checked: int
    size: int
    """Bytes that were read."""
    partial: int
    """Refused ones of which only the beginning was kept: they cannot be compared."""
    damaged: tuple[int, ...]
    last: int | None
    """Where the next round begins; None at the end."""


def check_bodies_after(connection: Connection, after: int, *, upto: int) -> BodyRound:
    """Compares the next bodies with their checksums, oldest first: a bounded number and size.

    Args:
        connection: any; nothing is written.
        after: only above this number.
        upto: none above this number.
    """
    rows = connection.exec_driver_sql(
        "SELECT id, size, cast(body AS BLOB), body_sha256 FROM deliveries"
        " WHERE id > ? AND id <= ? ORDER BY id",
        (after, upto),
    )
    checked = size = partial = 0
    damaged: list[int] = []
    last: int | None = None
    for delivery_id, whole, body, checksum in rows:
        if len(body) == whole:
            checked += 1
            size += len(body)
            if hashlib.sha256(body).digest() != checksum:
                damaged.append(delivery_id)
        else:
            partial += 1
        if checked + partial >= _ROUND or size >= _ROUND_BYTES:
            last = delivery_id
            break
    rows.close()
    return BodyRound(checked, size, partial, tuple(damaged), last)


def newest_delivery(connection: Connection) -> int:
    """The highest number of a delivery that is there; 0 when there is none."""
    return int(connection.exec_driver_sql("SELECT max(id) FROM deliveries").scalar() or 0)


def check_structure(connection: Connection, seconds: float) -> StructureCheck:
    """Has SQLite check the file's structure, for `seconds` at most."""
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    expired = threading.Event()

    def give_up() -> None:
        expired.set()
        driver.interrupt()

    # Not a progress handler: SQLite 3.40 does not call it during this check.
    timer = threading.Timer(seconds, give_up)
    timer.start()
    try:
        found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    except DBAPIError as error:
        found = str(error.orig)
    finally:
        timer.cancel()
        timer.join()
    if expired.is_set():
        return StructureCheck(Soundness.UNFINISHED)
    if found == "ok":
        return StructureCheck(Soundness.SOUND)
    return StructureCheck(Soundness.DAMAGED, found.splitlines()[-1][:200])


def check_bodies(connection: Connection, *, newest: int = _BODIES) -> BodyCheck:
    """Compares the newest bodies with their checksums, 64 MiB of them at most.

    A refused delivery's body that was not kept whole has nothing to be compared with.
    """
    checked, left = 0, _BYTES
    damaged: list[int] = []
    rows = connection.exec_driver_sql(
        "SELECT id FROM deliveries WHERE id > (SELECT max(id) FROM deliveries) - ?"
        " AND length(body) = size ORDER BY id DESC",
        (newest,),
    ).all()
    for (delivery_id,) in rows:
        body, checksum = connection.exec_driver_sql(
            "SELECT cast(body AS BLOB), body_sha256 FROM deliveries WHERE id = ?", (delivery_id,)
        ).one()
        checked += 1
        if hashlib.sha256(body).digest() != checksum:
            damaged.append(delivery_id)
        left -= len(body)
        if left <= 0:
            break
    return BodyCheck(checked, tuple(damaged))
