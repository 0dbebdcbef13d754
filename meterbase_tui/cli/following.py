"""Follows a store: what is newer than a cursor, once there is nothing more to wait for."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.errors import StoreError, StoreMissingError
from store.reader import Reader
from store.reading.deliveries import get_deliveries, newer_ids, newest_id
from store.reading.events import events_finished_after, get_events, last_finish

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from store.reader import Connection
    from store.records import Delivery, Event

PATIENCE_S = 0.25
"""How long a delivery is held back for what is found out after it was answered."""
_AT_ONCE = 500
_MOST_HELD = 20_000
"""Events kept in memory: whatever ends faster than it is given stays in the store until there is
room."""
_MOST_LOOKS = 1_000
"""Looks that are remembered; deliveries beyond the last of them count as seen by it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a follower has come."""

    delivery: int = 0
    finish: int = 0
    """The number of the last end of processing; see `store.reading.events`."""


def read_cursor(reader: Reader) -> Cursor:
    """The end of what is there now."""
    with reader.connect() as connection:
        return Cursor(newest_id(connection), last_finish(connection))


def cursor_before(path: Path) -> Cursor | None:
    """The end of a store that no receiver has opened yet; None when it cannot be read as it is."""
    try:
        reader = Reader(path)
    except StoreMissingError:
        return Cursor()
    except StoreError:
        return None
    try:
        return read_cursor(reader)
    finally:
        reader.close()


def is_answered(delivery: Delivery) -> bool:
    """Whether the time of its answer is known, and the diagnosis of a signature that failed."""
    failed = delivery.verdict.failed
    return delivery.ack_ms is not None and not (failed and delivery.diagnosis is None)


class Follower:
    """Gives deliveries in their order, and events after the delivery that brought them."""

    def __init__(
        self,
        reader: Reader,
        cursor: Cursor,
        is_ready: Callable[[Delivery], bool],
        clock: Callable[[], float] = time.monotonic,
        wanted: Collection[int] | None = None,
    ) -> None:
        """Begins after a cursor.

        Args:
            reader: of the store.
            cursor: what is before it is not given.
            is_ready: whether a delivery need not be waited for any more.
            clock: seconds, for patience.
            wanted: the ids of the events whose end is given; None for all. It is looked at when
                an event has ended: a delivery that is given after that tells of it too.
        """
        self._reader = reader
        self._newest = self._given = cursor.delivery
        """The last delivery that was seen, and the one up to which all were given or are gone."""
        self._finish = cursor.finish
        self._is_ready = is_ready
        self._clock = clock
        self._wanted = wanted
        self._revision: int | None = None
        self._looks: deque[tuple[int, float]] = deque()
        """Each look at the store that saw deliveries which were not given yet: the newest id then,
        and the time. Oldest first."""
        self._held: list[Event] = []
        self._full = False
        """Whether more events have ended than were read."""

    def prepare(self) -> None:
        """Has SQLAlchemy compile the two queries now, which takes it 10 ms each.

        No other thread runs meanwhile: in the first burst, acknowledgements would wait for it.
        """
        with self._reader.connect() as connection:
            get_deliveries(connection, [0])
            get_events(connection, [0])

    @property
    def waits(self) -> bool:
        """Whether something was seen and not given yet, so that time alone may release it."""
        return bool(self._looks or self._held or self._full)

    def poll(self, *, final: bool = False, most: int | None = None) -> list[Delivery | Event]:
        """What is new since the last time; with `final`, also what could still change.

        Args:
            final: whether this is the last time.
            most: stop after about so many of each kind; the rest is given the next time.

        Raises:
            StoreUnavailableError: the store cannot be read now; nothing is skipped by that.
        """
        revision = self._reader.revision()
        if revision == self._revision and not self.waits and not final:
            return []
        self._full = False
        with self._reader.connect() as connection:
            # Each query sees a later store: an event that ended is asked for before its delivery.
            self._hold_finished(connection, most)
            self._notice(connection)
            given: list[Delivery | Event] = list(self._settled(connection, final=final, most=most))
        given += self._released()
        self._revision = revision
        return given

    def _notice(self, connection: Connection) -> None:
        newest = newest_id(connection)
        if newest <= self._newest:
            return
        self._newest = newest
        if len(self._looks) == _MOST_LOOKS:
            self._looks[-1] = (newest, self._looks[-1][1])
        else:
            self._looks.append((newest, self._clock()))

    def _settled(
        self, connection: Connection, *, final: bool, most: int | None
    ) -> Iterator[Delivery]:
        at_once = _AT_ONCE if most is None else min(most, _AT_ONCE)
        looked_at = 0
        while self._looks and (most is None or looked_at < most):
            ids = newer_ids(connection, self._given, limit=at_once)
            found = get_deliveries(connection, ids)
            for delivery_id in ids:
                if delivery_id > self._newest:
                    return  # it came after the look
                delivery = found.get(delivery_id)
                overdue = self._clock() - self._seen_at(delivery_id) >= PATIENCE_S
                if delivery and not (final or overdue or self._is_ready(delivery)):
                    return
                self._pass(delivery_id)
                # A refused one may have been evicted meanwhile.
                if delivery:
                    yield delivery
            if len(ids) < at_once:
                self._pass(self._newest)
            looked_at += len(ids)

    def _seen_at(self, delivery_id: int) -> float:
        return next(at for upto, at in self._looks if upto >= delivery_id)

    def _pass(self, delivery_id: int) -> None:
        self._given = delivery_id
        while self._looks and self._looks[0][0] <= delivery_id:
            self._looks.popleft()

    def _hold_finished(self, connection: Connection, most: int | None) -> None:
        at_once = _AT_ONCE if most is None else min(most, _AT_ONCE)
        room = _MOST_HELD if most is None else min(most, _MOST_HELD - len(self._held))
        while room > 0:
            before = self._finish
            self._finish, ended = events_finished_after(
                connection, before, limit=at_once, wanted=self._wanted
            )
            if self._finish == before:
                return
            self._held += ended
            room -= at_once
        self._full = True

    def _released(self) -> list[Event]:
        count = 0
        while count < len(self._held) and self._held[count].id <= self._given:
            count += 1
        released, self._held = self._held[:count], self._held[count:]
        return released
