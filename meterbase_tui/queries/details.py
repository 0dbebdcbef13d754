"""All that the store knows about one delivery, gathered for the inspector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store import notifications, refreshes
from store.forwarding import forwards
from store.reading import deliveries, events, units

if TYPE_CHECKING:
    from store.forwarding.forward_records import Forward, ForwardAttempt
    from store.reader import Connection
    from store.records import Change, Content, Delivery, Event, Notification
    from store.refreshes import Refresh


@dataclass(frozen=True, slots=True)
class Detail:
    """A delivery with its bytes, its event, and what the event did."""

    delivery: Delivery
    content: Content
    event: Event | None
    deliveries: tuple[Delivery, ...]
    """Every delivery of the event, the first one first."""
    changes: tuple[Change, ...] = ()
    notifications: tuple[Notification, ...] = ()
    forwards: tuple[ForwardDetail, ...] = ()
    """What became of it at the targets that it was passed on to."""
    refresh: Refresh | None = None
    """What the end of a sync asked for."""
    masked: bool = False
    """Whether people's data was taken out of it, as `discreet.mask_detail` does."""

    @property
    def hidden(self) -> bool:
        """Whether it has a body that cannot be masked, and is not shown therefore."""
        return self.masked and not self.content.body and self.delivery.size > 0


@dataclass(frozen=True, slots=True)
class ForwardDetail:
    """A delivery on its way to one target, with what was answered."""

    forward: Forward
    attempts: tuple[ForwardAttempt, ...]


def read_detail(connection: Connection, delivery_id: int) -> Detail | None:
    """The detail of a delivery; None when it was pruned."""
    delivery = deliveries.get_deliveries(connection, [delivery_id]).get(delivery_id)
    content = deliveries.read_content(connection, delivery_id)
    if delivery is None or content is None:
        return None
    event_id = delivery.event_id
    if event_id is None:
        return Detail(delivery, content, None, (delivery,))
    return Detail(
        delivery,
        content,
        events.get_event(connection, event_id),
        tuple(deliveries.deliveries_of_event(connection, event_id)),
        tuple(units.changes_of_event(connection, event_id)),
        tuple(notifications.notifications_of_event(connection, event_id)),
        tuple(
            ForwardDetail(forward, tuple(forwards.attempts_of(connection, forward.id)))
            for forward in forwards.list_forwards(connection, delivery_id=delivery_id, limit=0)
        ),
        refreshes.refresh_of_event(connection, event_id),
    )
