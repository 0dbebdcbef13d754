"""What a person should look at: read, dismissed, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from store.reading.filters import EVERYTHING, Filters, of_records
from store.records import Notification, NotificationKind
from store.structure.tables import NOTIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping


def list_notifications(
    connection: Connection,
    filters: Filters = EVERYTHING,
    *,
    dismissed: bool = False,
    limit: int = 50,
) -> list[Notification]:
    """Notifications, newest first.

    Args:
        connection: where to read.
        filters: which of them.
        dismissed: whether those that were dismissed are listed too.
        limit: at most so many; 0 gives all.
    """
    statement = select(NOTIFICATIONS).where(*of_records(NOTIFICATIONS, filters))
    if not dismissed:
        statement = statement.where(NOTIFICATIONS.c.dismissed_at.is_(None))
    if filters.since is not None:
        statement = statement.where(NOTIFICATIONS.c.at >= filters.since)
    if filters.search:
        statement = statement.where(NOTIFICATIONS.c.text.icontains(filters.search, autoescape=True))
    ordered = statement.order_by(NOTIFICATIONS.c.id.desc()).limit(limit or None)
    return [_notification(row) for row in connection.execute(ordered).mappings()]


def notifications_of_event(connection: Connection, event_id: int) -> list[Notification]:
    """The notifications that an event made, in order, whether they were dismissed or not."""
    statement = (
        select(NOTIFICATIONS)
        .where(NOTIFICATIONS.c.event_id == event_id)
        .order_by(NOTIFICATIONS.c.id)
    )
    return [_notification(row) for row in connection.execute(statement).mappings()]


def dismiss_notifications(
    connection: Connection, ids: Collection[int] | None, at: datetime
) -> list[int]:
    """Marks notifications as seen enough of.

    Args:
        connection: the caller's transaction.
        ids: which; None for all.
        at: when that was.

    Returns:
        The ids of those that were not dismissed before, in order: what an undo brings back.
    """
    statement = update(NOTIFICATIONS).where(NOTIFICATIONS.c.dismissed_at.is_(None))
    if ids is not None:
        statement = statement.where(NOTIFICATIONS.c.id.in_(ids))
    changed = statement.values(dismissed_at=at).returning(NOTIFICATIONS.c.id)
    return sorted(connection.execute(changed).scalars())


def restore_notifications(connection: Connection, ids: Collection[int] | None) -> list[int]:
    """Takes dismissals back; None for all.

    Returns:
        The ids of those that were dismissed, in order.
    """
    statement = update(NOTIFICATIONS).where(NOTIFICATIONS.c.dismissed_at.is_not(None))
    if ids is not None:
        statement = statement.where(NOTIFICATIONS.c.id.in_(ids))
    changed = statement.values(dismissed_at=None).returning(NOTIFICATIONS.c.id)
    return sorted(connection.execute(changed).scalars())


def _notification(row: RowMapping) -> Notification:
    return Notification(**dict(row) | {"kind": NotificationKind(row["kind"])})
