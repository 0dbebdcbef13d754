"""Where a log has no rows: found around a number that has none, by the ends of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table


def span(connection: Connection, log: Table) -> range:
    """The numbers from the oldest row to the newest; some between them may have no row."""
    table = log.name
    # Two queries in one: SQLite would look through all of a table for both ends at once.
    statement = f"SELECT (SELECT min(id) FROM {table}), (SELECT max(id) FROM {table})"  # noqa: S608
    oldest, newest = connection.exec_driver_sql(statement).one()
    return range(0) if newest is None else range(oldest, newest + 1)


def gaps_around(connection: Connection, log: Table, numbers: Iterable[int]) -> list[range]:
    """The stretches of numbers without rows in which these are.

    Args:
        connection: the store.
        log: the log.
        numbers: those that have no row, as far as the caller knows; one that has is passed over.
    """
    found: list[range] = []
    for number in sorted(numbers):
        if not found or number >= found[-1].stop:
            found.append(_gap_around(connection, log.name, number))
    return [gap for gap in found if gap]


def _gap_around(connection: Connection, table: str, number: int) -> range:
    below, above = (
        connection.exec_driver_sql(statement, (number,)).scalar()
        for statement in (
            f"SELECT id FROM {table} WHERE id <= ? ORDER BY id DESC LIMIT 1",  # noqa: S608
            f"SELECT id FROM {table} WHERE id >= ? ORDER BY id LIMIT 1",  # noqa: S608
        )
    )
    # Beyond the newest row it ends with the number: what comes next is not known.
    return range((below or 0) + 1, number + 1 if above is None else above)
