"""The inbox: numbers arrivals, tells events from duplicates, and appends them.

Lives on the writer's thread. One statement a batch: the interpreter's lock is released once for all
of its rows, and there is no index of random keys on the way to an acknowledgement. An identity is
looked up among the events; those that the processor has not admitted yet are held in memory, and
found again in the deliveries when the store is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.headers import encode_headers
from store.records import Receipt
from store.tables import DeliveryRow, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from store.records import Arrival

_COLUMNS = [column.name for column in DeliveryRow.__table__.columns]
_INSERT = f"INSERT INTO deliveries ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own names
_ROW = f"({', '.join('?' * len(_COLUMNS))})"
_REMEMBERED = 50_000
"""Identities kept in memory beyond those that must be: most duplicates are found without SQL."""
REFUSED_KEPT = 10_000
"""Rows of refused deliveries kept; anyone can make them, so the oldest give way."""
_REFUSED_SLACK = 500


class Inbox:
    """Appends batches of arrivals. `append` stages, `confirm` or `forget` follows the commit."""

    def __init__(self, connection: Connection) -> None:
        self._next_id = _last_id(connection) + 1
        self._known: dict[bytes, int] = _unadmitted(connection)
        self._refused: int = _scalar(
            connection, "SELECT count(*) FROM deliveries WHERE event_id IS NULL"
        )
        self._staged: dict[bytes, int] = {}
        self._staged_count = self._staged_refused = 0

    def append(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Inserts a batch in the caller's transaction, in order.

        Returns:
            One receipt an arrival; they are true once the transaction is committed and `confirm`
            was called.
        """
        self.forget()
        self._recall(connection, arrivals)
        receipts = [
            self._number(arrival, self._next_id + index) for index, arrival in enumerate(arrivals)
        ]
        self._staged_count = len(arrivals)
        self._staged_refused = sum(receipt.event_id is None for receipt in receipts)
        parameters: list[Any] = []
        for arrival, receipt in zip(arrivals, receipts, strict=True):
            parameters += _row(arrival, receipt)
        connection.exec_driver_sql(_INSERT + ", ".join([_ROW] * len(arrivals)), tuple(parameters))
        return receipts

    def confirm(self) -> None:
        """Takes over what `append` staged: its transaction is on disk."""
        self._known |= self._staged
        self._next_id += self._staged_count
        self._refused += self._staged_refused
        self.forget()

    def forget(self) -> None:
        """Drops what `append` staged: its transaction was rolled back."""
        self._staged = {}
        self._staged_count = self._staged_refused = 0

    def tidy(self, connection: Connection) -> None:
        """Bounds what strangers can fill: the oldest refused rows and remembered identities go.

        To be called in a transaction of its own, when nothing waits. Accepted deliveries are never
        touched.
        """
        if self._refused > REFUSED_KEPT + _REFUSED_SLACK:
            self._evict_refused(connection)
        if len(self._known) > 2 * _REMEMBERED:
            admitted = _progress(connection, "admitted")
            surplus = list(self._known.items())[:-_REMEMBERED]
            for identity, event_id in surplus:
                if event_id <= admitted:
                    del self._known[identity]

    @property
    def untidy(self) -> bool:
        """Whether `tidy` has something to do."""
        return self._refused > REFUSED_KEPT + _REFUSED_SLACK or len(self._known) > 2 * _REMEMBERED

    def _recall(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        """Looks up, in one statement, the identities that memory does not hold."""
        unknown = {
            arrival.facts.identity
            for arrival in arrivals
            if arrival.facts and arrival.facts.identity not in self._known
        }
        if not unknown:
            return
        marks = ", ".join("?" * len(unknown))
        found = connection.exec_driver_sql(
            f"SELECT identity, id FROM events WHERE identity IN ({marks})",  # noqa: S608
            tuple(unknown),
        )
        # What is found here is committed, so it may be remembered whatever becomes of this batch.
        self._known.update((bytes(identity), event_id) for identity, event_id in found)

    def _number(self, arrival: Arrival, delivery_id: int) -> Receipt:
        if arrival.facts is None:
            return Receipt(delivery_id, None, duplicate=False)
        identity = arrival.facts.identity
        event_id = self._known.get(identity) or self._staged.setdefault(identity, delivery_id)
        return Receipt(delivery_id, event_id, duplicate=event_id != delivery_id)

    def _evict_refused(self, connection: Connection) -> None:
        surplus = self._refused - REFUSED_KEPT
        # The highest number ever given is noted first: a number is never given twice.
        connection.exec_driver_sql(
            "UPDATE progress SET value = ? WHERE name = 'last_delivery'", (self._next_id - 1,)
        )
        for table, key in (
            ("acknowledgements", "delivery_id"),
            ("diagnoses", "delivery_id"),
            ("deliveries", "id"),
        ):
            connection.exec_driver_sql(
                f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - our own names
                "(SELECT id FROM deliveries WHERE event_id IS NULL ORDER BY id LIMIT ?)",
                (surplus,),
            )
        self._refused = REFUSED_KEPT


def _row(arrival: Arrival, receipt: Receipt) -> tuple[Any, ...]:
    facts = arrival.facts
    return (
        receipt.delivery_id,
        to_micros(arrival.received_at),
        arrival.origin,
        arrival.replay_of,
        arrival.method,
        arrival.path,
        arrival.status,
        arrival.verdict,
        arrival.explanation,
        receipt.event_id,
        facts and facts.identity,
        facts and facts.event,
        facts and to_micros(facts.timestamp),
        facts and facts.connection_id,
        facts and facts.resource_type,
        facts and facts.resource_id,
        facts and facts.property_id,
        arrival.size,
        arrival.body_sha256,
        encode_headers(arrival.headers),
        arrival.body,
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


def _unadmitted(connection: Connection) -> dict[bytes, int]:
    rows = connection.exec_driver_sql(
        "SELECT identity, id FROM deliveries WHERE id > ? AND event_id = id",
        (_progress(connection, "admitted"),),
    )
    return {bytes(identity): delivery_id for identity, delivery_id in rows}
