"""The queue of one target in memory: a lane a connection, in which order is kept."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store.forwarding.forward_queue import Enlisted


@dataclass(slots=True)
class _Lane:
    entries: deque[Enlisted] = field(default_factory=deque)
    under_way: bool = False
    not_before: float = 0.0


class Lanes:
    """Says what is next. One delivery of a connection is under way at a time."""

    def __init__(self) -> None:
        self._lanes: dict[str | None, _Lane] = {}
        self._blocked: set[str | None] = set()
        self.count = 0
        """How many deliveries wait or are under way."""

    def add(self, entries: Iterable[Enlisted]) -> None:
        """Puts deliveries at the end of their lanes."""
        for entry in entries:
            self._lanes.setdefault(entry.connection_id, _Lane()).entries.append(entry)
            self.count += 1

    def under_way(self) -> set[int]:
        """The forwards that are being sent."""
        return {lane.entries[0].id for lane in self._lanes.values() if lane.under_way}

    def replace(self, entries: Iterable[Enlisted], blocked: set[str | None]) -> None:
        """Takes the queue as it stands in the store; what is under way stays so.

        Args:
            entries: what waits, oldest first.
            blocked: connections whose lanes are held.
        """
        under_way = self.under_way()
        for lane in self._lanes.values():
            lane.entries = deque([lane.entries[0]] if lane.under_way else [])
        self._lanes = {name: lane for name, lane in self._lanes.items() if lane.entries}
        self.count = len(under_way)
        self._blocked = set(blocked)
        self.add(entry for entry in entries if entry.id not in under_way)

    def take(self, now: float, most: int) -> list[Enlisted]:
        """The first of lanes whose turn it is; each is under way until `settle`."""
        taken: list[Enlisted] = []
        for lane in self._ready(now):
            if len(taken) == most:
                break
            lane.under_way = True
            taken.append(lane.entries[0])
        return taken

    def settle(
        self, entry: Enlisted, again: Enlisted | None = None, not_before: float = 0.0
    ) -> None:
        """A delivery was tried: it leaves its lane, or `again` stays first until `not_before`."""
        lane = self._lanes[entry.connection_id]
        lane.under_way = False
        lane.not_before = not_before
        lane.entries.popleft()
        if again is None:
            self.count -= 1
        else:
            lane.entries.appendleft(again)
        if not lane.entries:
            del self._lanes[entry.connection_id]

    def next_at(self) -> float | None:
        """When a lane is ready again that is only waiting for its time."""
        times = [
            lane.not_before
            for connection_id, lane in self._lanes.items()
            if lane.entries and not lane.under_way and connection_id not in self._blocked
        ]
        return min(times, default=None)

    def _ready(self, now: float) -> Iterator[_Lane]:
        for connection_id, lane in self._lanes.items():
            waits = lane.under_way or not lane.entries or connection_id in self._blocked
            if not waits and lane.not_before <= now:
                yield lane
