"""The inbox: numbers arrivals, tells events from duplicates, and appends them.

Used by whoever has the writer's turn. One statement a batch: the interpreter's lock is released
once for all of its rows, and there is no index of random keys on the way to an acknowledgement. An
identity is looked up among the events, unless it is of a later time than all of them; those that
the processor has not admitted yet are held in memory, and found again in the deliveries when the
store is opened.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from store.driver import driver_of
from store.processing.queue import admit, count_unadmitted
from store.records import Receipt
from store.structure.tables import from_micros, to_micros
from store.writing.arrival_rows import insert_rows, make_row, note_requests
from store.writing.identities import NEVER, Identities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.records import Arrival

_MOST_WAITING = 300_000
"""Deliveries that are no events yet: a repetition of one is known by memory alone. Where they come
faster than they are processed, each batch makes events of older ones, long before their turn."""
_AHEAD = 32
"""So many more than it brings itself."""
REFUSED_KEPT = 10_000
"""Rows of refused deliveries kept; anyone can make them, so the oldest give way."""
REFUSED_BYTES = 256 << 20
"""Bytes of their headers and bodies kept: 64 headers of 8 KiB fit into one request."""
_EVICTED_AT_ONCE = 500
_SLACK, _SLACK_BYTES = 500, 16 << 20
"""Beyond the bounds before anything is evicted; four times as much is not waited for."""


class Inbox:
    """Appends batches of arrivals. `append` stages, `confirm` or `forget` follows the commit."""

    def __init__(self, connection: Connection) -> None:
        self._driver = driver_of(connection)
        self._next_id = _last_id(connection) + 1
        waiting, latest = _unadmitted(connection)
        self._known = Identities(waiting, latest, _latest_event(connection))
        self._refused, self._refused_bytes = _refused(connection)
        self._staged: dict[bytes, int] = {}
        self._staged_latest = NEVER
        self._staged_count = self._staged_refused = self._staged_bytes = 0

    def append(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Inserts a batch in the caller's transaction, in order.

        Returns:
            One receipt an arrival; they are true once the transaction is committed and `confirm`
            was called.
        """
        self.forget()
        self._bound_memory(connection, len(arrivals))
        return self.extend(arrivals)

    def extend(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """As `append`, after others of the same transaction."""
        self._recall(arrivals)
        first = self._next_id + self._staged_count
        receipts = [self._number(arrival, first + index) for index, arrival in enumerate(arrivals)]
        self._staged_count += len(arrivals)
        rows = [make_row(*each) for each in zip(arrivals, receipts, strict=True)]
        floods = []
        for arrival, receipt, row in zip(arrivals, receipts, rows, strict=True):
            if receipt.event_id is None:
                self._staged_refused += 1
                self._staged_bytes += len(row[-1]) + len(row[-2])
                if arrival.requests is not None:
                    floods.append((arrival.requests, receipt.delivery_id))
        insert_rows(self._driver, rows)
        if floods:
            note_requests(self._driver, floods)
        return receipts

    def confirm(self) -> None:
        """Takes over what `append` or `tidy` staged: its transaction is on disk."""
        self._known.add(self._staged, self._staged_latest)
        self._next_id += self._staged_count
        self._refused += self._staged_refused
        self._refused_bytes += self._staged_bytes
        self.forget()

    def forget(self) -> None:
        """Drops what `append` or `tidy` staged: its transaction was rolled back."""
        self._staged = {}
        self._staged_latest = NEVER
        self._staged_count = self._staged_refused = self._staged_bytes = 0

    def tidy(self, connection: Connection) -> None:
        """Bounds what strangers can fill: the oldest refused rows go.

        To be called in a transaction of its own, with `confirm` or `forget` after it; it does a
        bounded part and leaves the rest for the next call. Accepted deliveries are never touched.
        """
        self.forget()
        if self._exceeds(_SLACK, _SLACK_BYTES):
            # Counted anew: some may have been pruned meanwhile.
            self._refused, self._refused_bytes = _refused(connection)
        if self._exceeds(_SLACK, _SLACK_BYTES):
            self._evict_refused(connection)

    @property
    def untidy(self) -> bool:
        """Whether `tidy` has something to do."""
        return self._exceeds(_SLACK, _SLACK_BYTES)

    @property
    def crowded(self) -> bool:
        """Whether so many wait that `append` may have to make events of some."""
        return len(self._known) > _MOST_WAITING

    @property
    def overflowing(self) -> bool:
        """Whether `tidy` must not wait for a pause: in a flood there is none."""
        return self._exceeds(4 * _SLACK, 4 * _SLACK_BYTES)

    def _exceeds(self, rows: int, size: int) -> bool:
        return self._refused > REFUSED_KEPT + rows or self._refused_bytes > REFUSED_BYTES + size

    def _recall(self, arrivals: Sequence[Arrival]) -> None:
        """Looks up, in one statement, the identities that memory does not hold."""
        known = self._known
        unknown = {
            facts.identity: to_micros(facts.timestamp)
            for arrival in arrivals
            if (facts := arrival.facts)
            and known.may_miss(facts.timestamp)
            and facts.identity not in known
        }
        if not unknown:
            return
        found = self._driver.execute(
            _find_events(len(unknown)), tuple(chain.from_iterable(unknown.items()))
        )
        # What is found here is committed, so it may be remembered whatever becomes of this batch.
        known.add({bytes(identity): event_id for identity, event_id in found}, NEVER)

    def _bound_memory(self, connection: Connection, arriving: int) -> None:
        if self._known.may_forget:
            # What is read before this transaction changes anything is on disk.
            self._known.forget(_progress(connection, "admitted"))
        if self.crowded and count_unadmitted(connection) > _MOST_WAITING:
            admit(connection, arriving + _AHEAD)

    def _number(self, arrival: Arrival, delivery_id: int) -> Receipt:
        if arrival.facts is None:
            return Receipt(delivery_id, None, duplicate=False)
        identity, timestamp = arrival.facts.identity, arrival.facts.timestamp
        self._staged_latest = max(self._staged_latest, timestamp)
        event_id = self._known.get(identity) or self._staged.setdefault(identity, delivery_id)
        return Receipt(delivery_id, event_id, duplicate=event_id != delivery_id)

    def _evict_refused(self, connection: Connection) -> None:
        # The highest number ever given is noted first: a number is never given twice.
        connection.exec_driver_sql(
            "UPDATE progress SET value = ? WHERE name = 'last_delivery'", (self._next_id - 1,)
        )
        last = self._stage_eviction(connection)
        for table, key in (
            ("acknowledgements", "delivery_id"),
            ("diagnoses", "delivery_id"),
            ("deliveries", "id"),
        ):
            connection.exec_driver_sql(
                f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - our own names
                "(SELECT id FROM deliveries WHERE event_id IS NULL AND id <= ?)",
                (last,),
            )

    def _stage_eviction(self, connection: Connection) -> int:
        """The last refused delivery that has to go."""
        last = 0
        for delivery_id, size in connection.exec_driver_sql(
            "SELECT id, length(headers) + length(body) FROM deliveries WHERE event_id IS NULL "
            "ORDER BY id LIMIT ?",
            (_EVICTED_AT_ONCE,),
        ).all():
            if not self._exceeds(-self._staged_refused, -self._staged_bytes):
                break
            last = delivery_id
            self._staged_refused -= 1
            self._staged_bytes -= size
        return last


@cache
def _find_events(count: int) -> str:
    """Selects the events of so many identities, each with the timestamp that is part of it."""
    wanted = ", ".join(["(?, ?)"] * count)
    return (
        f"WITH wanted (identity, timestamp) AS (VALUES {wanted})"  # noqa: S608 - marks
        " SELECT events.identity, events.id FROM wanted JOIN events"
        " ON events.timestamp = wanted.timestamp AND events.identity = wanted.identity"
    )


def _scalar(connection: Connection, statement: str) -> int:
    value = connection.exec_driver_sql(statement).scalar()
    return int(value or 0)


def _progress(connection: Connection, name: str) -> int:
    found = connection.exec_driver_sql("SELECT value FROM progress WHERE name = ?", (name,))
    return int(found.scalar_one())


def _refused(connection: Connection) -> tuple[int, int]:
    count, size = connection.exec_driver_sql(
        "SELECT count(*), sum(length(headers) + length(body)) FROM deliveries "
        "WHERE event_id IS NULL"
    ).one()
    return count, size or 0


def _last_id(connection: Connection) -> int:
    return max(
        _scalar(connection, "SELECT max(id) FROM deliveries"),
        _scalar(connection, "SELECT max(id) FROM events"),
        _progress(connection, "last_delivery"),
    )


def _unadmitted(connection: Connection) -> tuple[dict[bytes, int], datetime]:
    """The events that are none yet by their identities, and the latest of their timestamps."""
    rows = connection.exec_driver_sql(
        "SELECT identity, id, timestamp FROM deliveries WHERE id > ? AND event_id = id",
        (_progress(connection, "admitted"),),
    ).all()
    latest = max((timestamp for _, _, timestamp in rows), default=None)
    return {bytes(identity): delivery_id for identity, delivery_id, _ in rows}, _instant(latest)


def _latest_event(connection: Connection) -> datetime:
    return _instant(connection.exec_driver_sql("SELECT max(timestamp) FROM events").scalar())


def _instant(micros: int | None) -> datetime:
    return NEVER if micros is None else from_micros(micros)
