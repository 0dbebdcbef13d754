"""Events that are processed again: which may be, and back into the queue with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.records import Reason

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.records import EventState


def ids_in_state(connection: Connection, state: EventState, *, limit: int) -> list[int]:
    """The oldest events in a state, in the order received."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM events WHERE state = ? ORDER BY id LIMIT ?", (state, limit)
    )
    return [row[0] for row in rows]


def ids_of_unlinked(
    connection: Connection, connection_id: str, property_id: str, *, limit: int
) -> list[int]:
    """The oldest events that were ignored since a property was not linked, in the order received.

    Those that named no property are among them: records that came before may say whose they are.
    """
    rows = connection.exec_driver_sql(
        # Says twice what it means, as in `claim`.
        "SELECT id FROM events WHERE state IN ('failed', 'ignored') AND state = 'ignored'"
        " AND reason = ? AND connection_id = ? AND (property_id = ? OR property_id IS NULL)"
        " ORDER BY id LIMIT ?",
        (Reason.UNLINKED_PROPERTY, connection_id, property_id, limit),
    )
    return [row[0] for row in rows]


def reopen(connection: Connection, event_id: int, *, force: bool = False) -> bool:
    """Puts an event back into the queue. Returns whether it is there, and its body too.

    Args:
        connection: the writer's.
        event_id: an event that was processed, ignored or set aside.
        force: whether to apply it even over something newer.
    """
    result = connection.exec_driver_sql(
        "UPDATE events SET state = 'pending', outcome = NULL, reason = NULL, error = NULL,"
        " processed_at = NULL, forced = ? WHERE id = ?"
        " AND state IN ('processed', 'failed', 'ignored')"
        " AND EXISTS (SELECT 1 FROM deliveries WHERE deliveries.id = events.id)",
        (force, event_id),
    )
    return result.rowcount > 0
