"""What a person may change in the store, by a key or a command: a name, arguments, a result.

An operation runs in one transaction of whoever has the store open for writing; see
`receiver.control`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from store import connections, notifications
from store.forwarding import forward_queue
from store.forwarding.forward_records import ForwardState
from store.processing import reopening
from store.processing.ledger import Ledger
from store.pruning import retention
from store.records import EventState, PropertyState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from store.reader import Connection
    from store.records import Json

_MOST_AT_ONCE = 100_000


class UnknownOperationError(LookupError):
    """There is no such operation, or its arguments are not the ones it takes."""


def perform(connection: Connection, name: str, arguments: Mapping[str, Any]) -> Json:
    """Runs an operation in the caller's transaction.

    Raises:
        UnknownOperationError: no such operation, or other arguments than it takes.
    """
    operation = _OPERATIONS.get(name)
    if operation is None:
        raise UnknownOperationError(f"There is no operation {name!r}.")
    try:
        return operation(connection, **arguments)
    except TypeError as error:
        raise UnknownOperationError(f"The operation {name} was called wrongly: {error}.") from error


def _register_connection(
    connection: Connection, *, connection_id: str, name: str | None = None
) -> Json:
    """Whether it was not registered before."""
    return connections.register_connection(connection, connection_id, name)


def _unregister_connection(connection: Connection, *, connection_id: str) -> Json:
    """Whether it was registered."""
    return connections.unregister_connection(connection, connection_id)


def _link_property(connection: Connection, *, connection_id: str, property_id: str) -> Json:
    """The state that the property has now, and the ignored events that are in the queue again."""
    state = PropertyState.LINKED
    linked = connections.set_property_state(connection, connection_id, property_id, state)
    ignored = reopening.ids_of_unlinked(connection, connection_id, property_id, limit=_MOST_AT_ONCE)
    queued = [event_id for event_id in ignored if reopening.reopen(connection, event_id)]
    return {"state": linked.state, "event_ids": queued}


def _unlink_property(connection: Connection, *, connection_id: str, property_id: str) -> Json:
    """Whether it was known and not unlinked before."""
    known = Ledger(connection).property(connection_id, property_id)
    if known is None or known.state is PropertyState.UNLINKED:
        return False
    state = PropertyState.UNLINKED
    connections.set_property_state(connection, connection_id, property_id, state)
    return True


def _reprocess(
    connection: Connection,
    *,
    event_ids: Sequence[int] = (),
    states: Sequence[str] = (),
    force: bool = False,
) -> Json:
    """The ids of the events that are in the queue again."""
    chosen = list(event_ids)
    for state in states:
        chosen += reopening.ids_in_state(connection, EventState(state), limit=_MOST_AT_ONCE)
    return [event_id for event_id in chosen if reopening.reopen(connection, event_id, force=force)]


def _change_forwards(
    connection: Connection, *, before: str, after: str, target: str | None = None
) -> Json:
    """How many deliveries on their way to forward targets were moved to another state."""
    return forward_queue.change_state(connection, ForwardState(before), ForwardState(after), target)


def _prune(connection: Connection, *, before: str, keep: int, after: int = 0) -> Json:
    """How many of the next deliveries were deleted, and where to go on; None at the end."""
    pruned = retention.prune_some(connection, datetime.fromisoformat(before), keep, after)
    return {"deleted": pruned.deleted, "after": pruned.after}


def _dismiss_notifications(
    connection: Connection, *, notification_ids: Sequence[int] | None
) -> Json:
    """The ids of those that were not dismissed before; None dismisses all."""
    now = datetime.now(UTC)
    return [*notifications.dismiss_notifications(connection, notification_ids, now)]


def _restore_notifications(
    connection: Connection, *, notification_ids: Sequence[int] | None
) -> Json:
    """The ids of those that were dismissed; None brings all back."""
    return [*notifications.restore_notifications(connection, notification_ids)]


def _prune_selected(connection: Connection, *, after: int = 0, **selection: int) -> Json:
    """The same for a selection that was made of limits."""
    pruned = retention.prune_next(connection, retention.Selection(**selection), after)
    return {"deleted": pruned.deleted, "after": pruned.after}


_OPERATIONS: dict[str, Callable[..., Json]] = {
    "register_connection": _register_connection,
    "unregister_connection": _unregister_connection,
    "link_property": _link_property,
    "unlink_property": _unlink_property,
    "reprocess": _reprocess,
    "change_forwards": _change_forwards,
    "prune": _prune,
    "dismiss_notifications": _dismiss_notifications,
    "restore_notifications": _restore_notifications,
    "prune_selected": _prune_selected,
}
