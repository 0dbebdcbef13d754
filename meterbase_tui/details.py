"""All that the store knows about one delivery, gathered for the inspector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store import deliveries, events, units

if TYPE_CHECKING:
    from store.reader import Connection
    from store.records import Change, Content, Delivery, Event, Notification


@dataclass(frozen=True, slots=True)
class Detail:
    """A delivery with its bytes, its event, and what the event did."""

    delivery: Delivery
    content: Content
    event: Event | None
    deliveries: tuple[Delivery, ...]
    """Every delivery of the event, the first one first."""
    changes: tuple[Change, ...]
    notifications: tuple[Notification, ...]


def read_detail(connection: Connection, delivery_id: int) -> Detail | None:
    """The detail of a delivery; None when it was pruned."""
    delivery = deliveries.get_deliveries(connection, [delivery_id]).get(delivery_id)
    content = deliveries.read_content(connection, delivery_id)
    if delivery is None or content is None:
        return None
    event_id = delivery.event_id
    if event_id is None:
        return Detail(delivery, content, None, (delivery,), (), ())
    return Detail(
        delivery,
        content,
        events.get_event(connection, event_id),
        tuple(deliveries.deliveries_of_event(connection, event_id)),
        tuple(units.changes_of_event(connection, event_id)),
        tuple(units.notifications_of_event(connection, event_id)),
    )
