"""The rows of refused deliveries: strangers can make those, so the oldest give way to new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

REFUSED_KEPT = 10_000
"""Rows that are kept."""
REFUSED_BYTES = 256 << 20
"""Bytes of their headers and bodies that are kept: 64 headers of 8 KiB fit into one request."""
_EVICTED_AT_ONCE = 500
_SLACK, _SLACK_BYTES = 500, 16 << 20
"""Beyond the bounds before anything is evicted; four times as much is not waited for."""
_TABLES = (("acknowledgements", "delivery_id"), ("diagnoses", "delivery_id"), ("deliveries", "id"))
"""Where their rows are, and by which column; those of the deliveries themselves last."""


class RefusedRows:
    """Counts them and evicts the oldest; what is staged counts once it is confirmed."""

    def __init__(self, connection: Connection) -> None:
        """Counts those that are there."""
        self._rows, self._bytes = _count(connection)
        self._staged_rows = self._staged_bytes = 0

    def stage(self, size: int) -> None:
        """One was written, with headers and a body of so many bytes together."""
        self._staged_rows += 1
        self._staged_bytes += size

    def confirm(self) -> None:
        """What was staged is on disk."""
        self._rows += self._staged_rows
        self._bytes += self._staged_bytes
        self.forget()

    def forget(self) -> None:
        """What was staged is not there."""
        self._staged_rows = self._staged_bytes = 0

    @property
    def untidy(self) -> bool:
        """Whether `evict` has something to do."""
        return self._exceed(_SLACK, _SLACK_BYTES)

    @property
    def overflowing(self) -> bool:
        """Whether it must not wait for a pause: in a flood there is none."""
        return self._exceed(4 * _SLACK, 4 * _SLACK_BYTES)

    def evict(self, connection: Connection, last_given: int) -> None:
        """Stages that the oldest go, in the caller's transaction: some of them each time.

        Args:
            connection: the writer's.
            last_given: the highest number that a delivery ever had; none is given twice.
        """
        if self.untidy:
            # Counted anew: some may have been pruned meanwhile.
            self._rows, self._bytes = _count(connection)
        if not self.untidy:
            return
        connection.exec_driver_sql(
            "UPDATE progress SET value = ? WHERE name = 'last_delivery'", (last_given,)
        )
        last = self._stage_oldest(connection)
        for table, key in _TABLES:
            connection.exec_driver_sql(
                f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - our own names
                "(SELECT id FROM deliveries WHERE event_id IS NULL AND id <= ?)",
                (last,),
            )

    def _stage_oldest(self, connection: Connection) -> int:
        """The last one that has to go."""
        last = 0
        for delivery_id, size in connection.exec_driver_sql(
            "SELECT id, length(headers) + length(body) FROM deliveries WHERE event_id IS NULL "
            "ORDER BY id LIMIT ?",
            (_EVICTED_AT_ONCE,),
        ).all():
            if not self._exceed(-self._staged_rows, -self._staged_bytes):
                break
            last = delivery_id
            self._staged_rows -= 1
            self._staged_bytes -= size
        return last

    def _exceed(self, rows: int, size: int) -> bool:
        return self._rows > REFUSED_KEPT + rows or self._bytes > REFUSED_BYTES + size


def _count(connection: Connection) -> tuple[int, int]:
    """How many there are, and the bytes of their headers and bodies."""
    rows, size = connection.exec_driver_sql(
        "SELECT count(*), sum(length(headers) + length(body)) FROM deliveries "
        "WHERE event_id IS NULL"
    ).one()
    return rows, size or 0
