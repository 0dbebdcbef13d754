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
from store.writing.refused_rows import RefusedRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.records import Arrival
    from store.writing.arrival_rows import Row

_MOST_WAITING = 300_000
"""Deliveries that are no events yet: a repetition of one is known by memory alone. Where they come
faster than they are processed, each batch makes events of older ones, long before their turn."""
_AHEAD = 32
"""So many more than it brings itself."""


class Inbox:
    """Appends batches of arrivals. `append` stages, `confirm` or `forget` follows the commit."""

    def __init__(self, connection: Connection) -> None:
        self._driver = driver_of(connection)
        self._next_id = _last_id(connection) + 1
        waiting, latest = _unadmitted(connection)
        self._known = Identities(waiting, latest, _latest_event(connection))
        self.refused = RefusedRows(connection)
        self._staged: dict[bytes, int] = {}
        self._staged_latest = NEVER
        self._staged_count = 0

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
        insert_rows(self._driver, rows)
        self._stage_refused(arrivals, receipts, rows)
        return receipts

    def confirm(self) -> None:
        """Takes over what `append` or `tidy` staged: its transaction is on disk."""
        self._known.add(self._staged, self._staged_latest)
        self._next_id += self._staged_count
        self.refused.confirm()
        self.forget()

    def forget(self) -> None:
        """Drops what `append` or `tidy` staged: its transaction was rolled back."""
        self._staged = {}
        self._staged_latest = NEVER
        self._staged_count = 0
        self.refused.forget()

    def tidy(self, connection: Connection) -> None:
        """Bounds what strangers can fill: the oldest refused rows go.

        To be called in a transaction of its own, with `confirm` or `forget` after it; it does a
        bounded part and leaves the rest for the next call. Accepted deliveries are never touched.
        """
        self.forget()
        self.refused.evict(connection, self._next_id - 1)

    @property
    def crowded(self) -> bool:
        """Whether so many wait that `append` may have to make events of some."""
        return len(self._known) > _MOST_WAITING

    def _stage_refused(
        self, arrivals: Sequence[Arrival], receipts: Sequence[Receipt], rows: Sequence[Row]
    ) -> None:
        floods = []
        for arrival, receipt, row in zip(arrivals, receipts, rows, strict=True):
            if receipt.event_id is None:
                self.refused.stage(len(row[-1]) + len(row[-2]))
                if arrival.requests is not None:
                    floods.append((arrival.requests, receipt.delivery_id))
        if floods:
            note_requests(self._driver, floods)

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
