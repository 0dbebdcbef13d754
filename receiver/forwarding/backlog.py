"""What a forwarder finds in the store: left from before, new, or pruned meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.forwarding import forward_queue, forward_steps
from store.forwarding.forward_records import ForwardState

if TYPE_CHECKING:
    from receiver.forwarding.target import ForwardTarget
    from store.forwarding.forward_queue import Enlisted, Parcel
    from store.reader import Connection


@dataclass(frozen=True, slots=True)
class New:
    """What is to be passed on and was not in the queue before."""

    entries: list[Enlisted]
    """Oldest first."""
    more: bool = False
    """Whether there is more that may be taken at once."""
    behind: int = 0
    """How many wait behind the mark, since there is no room for them."""


def hold_backlog(connection: Connection, target: ForwardTarget, most: int) -> None:
    """Takes up a target's queue: what is left from before is sent by itself only if it is not much.

    Args:
        connection: the writer's.
        target: which; the mark of a new one is set.
        most: how many are sent without asking.
    """
    name = target.url
    forward_queue.begin_target(connection, name)
    more = True
    while more:
        _, more = forward_queue.enlist(connection, name, target.wants)
    if forward_queue.count_waiting(connection, name) > most:
        forward_queue.change_state(connection, ForwardState.WAITING, ForwardState.HELD, name)


def take_new(connection: Connection, target: ForwardTarget, room: int) -> New:
    """Puts into a target's queue what is new, at most `room`; nothing where that is not above 0."""
    if room <= 0:
        return New([], behind=forward_queue.count_behind(connection, target.url))
    entries, more = forward_queue.enlist(connection, target.url, target.wants, limit=room)
    return New(entries, more)


def take_parcels(connection: Connection, ids: list[int]) -> dict[int, Parcel]:
    """What is to be sent, by the ids of the queue; what was pruned meanwhile is ended."""
    parcels = {parcel.id: parcel for parcel in forward_queue.read_parcels(connection, ids)}
    gone = [forward_id for forward_id in ids if forward_id not in parcels]
    if gone:
        forward_steps.drop_pruned(connection, gone)
    return parcels
