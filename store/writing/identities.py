"""The identities of the newest events: most repetitions are found here, without SQL.

Those that are no events yet must be here, since no index of events knows them; others may go. They
are kept in spans, so that the oldest can go at once: to take 10,000 out of one map, one by one,
held every arrival up for 12 ms.

An identity has its event's timestamp in it. What is later than every event that is not held here is
new, or held, and need not be looked up.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REMEMBERED = 10_000
"""Identities kept beyond those that must be."""
_SPAN = 20_000
"""An identity is looked for in each: with many that wait there are six."""
NEVER = datetime.min.replace(tzinfo=UTC)
"""Earlier than any event."""


class Identities:
    """Events by what identifies them. To be used by one thread at a time."""

    def __init__(self, waiting: Mapping[bytes, int], latest: datetime, elsewhere: datetime) -> None:
        """Begins with those that are no events yet.

        Args:
            waiting: events by their identities.
            latest: the latest timestamp of those, or later.
            elsewhere: that of all other events; `NEVER` if there are none.
        """
        self._spans = deque([dict(waiting), {}])
        """Each has what came before the next."""
        self._latest = deque([latest, NEVER])
        """The latest timestamp in each."""
        self._elsewhere = elsewhere
        self._count = len(waiting)
        self._oldest_until: int | None = None
        """The last event of the oldest span, once it was asked for: it is asked for often."""

    def __len__(self) -> int:
        """How many are held."""
        return self._count

    def __contains__(self, identity: bytes) -> bool:
        """Whether an identity is held."""
        return self.get(identity) is not None

    def get(self, identity: bytes) -> int | None:
        """The event that an identity is of, if it is held."""
        for span in self._spans:
            if (found := span.get(identity)) is not None:
                return found
        return None

    def may_miss(self, timestamp: datetime) -> bool:
        """Whether an event of that time may be in the store and not be held."""
        return timestamp <= self._elsewhere

    def add(self, entries: Mapping[bytes, int], latest: datetime) -> None:
        """Adds what is not held yet, and is of timestamps up to the latest."""
        newest = self._spans[-1]
        newest.update(entries)
        self._latest[-1] = max(self._latest[-1], latest)
        self._count += len(entries)
        if len(newest) >= _SPAN:
            self._spans.append({})
            self._latest.append(NEVER)

    @property
    def may_forget(self) -> bool:
        """Whether there are enough without the oldest: `forget` may have something to do."""
        return len(self._spans) > 1 and self._count - len(self._spans[0]) >= REMEMBERED

    def forget(self, admitted: int) -> None:
        """Lets the oldest go that need not be here.

        Args:
            admitted: up to this delivery all are events, and that is on disk.
        """
        while self.may_forget and self._end_of_oldest() <= admitted:
            self._count -= len(self._spans.popleft())
            self._elsewhere = max(self._elsewhere, self._latest.popleft())
            self._oldest_until = None

    def _end_of_oldest(self) -> int:
        if self._oldest_until is None:
            # It has others behind it, so nothing is added to it any more.
            self._oldest_until = max(self._spans[0].values(), default=0)
        return self._oldest_until
