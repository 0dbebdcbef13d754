"""How the processing of events ended, written down with all that it led to.

Everything here runs inside one transaction of the writer: an event's effect and its completion are
committed together or not at all.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from store.driver import driver_of
from store.reading.events import last_finish
from store.records import EventState
from store.refreshes import ask_for
from store.statements import in_parts
from store.structure.tables import SyncRow, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.processing.effects import Finish
    from store.processing.queue import Claim
    from store.records import Json


def finish(connection: Connection, finished: Sequence[tuple[Claim, Finish]], at: datetime) -> None:
    """Writes down how the processing of events ended, with their changes and notifications."""
    if not finished:
        return
    number = last_finish(connection)
    rows = [
        (
            *_how(end),
            # What is still being processed has another end to come.
            None if end.state is EventState.PROCESSING else to_micros(at),
            number + index,
            claimed.id,
        )
        for index, (claimed, end) in enumerate(finished, start=1)
    ]
    driver_of(connection).executemany(
        "UPDATE events SET state = ?, outcome = ?, reason = ?, error = ?, processed_at = ?,"
        " finish = ?, attempts = attempts + 1, forced = 0 WHERE id = ?",
        rows,
    )
    _write_consequences(connection, [(claimed.id, end) for claimed, end in finished], at)
    # An event that is processed again has reported its synchronisation before.
    syncs = [_sync(claimed, end, at) for claimed, end in finished if end.sync is not None]
    if syncs:
        connection.execute(insert(SyncRow).prefix_with("OR REPLACE"), syncs)
    for claimed, end in finished:
        if end.state is EventState.PROCESSING:
            ask_for(connection, claimed.id, claimed.facts.connection_id or "", at)


def conclude(connection: Connection, event_id: int, end: Finish, at: datetime) -> None:
    """Writes down how an event ended that went on being processed after `finish`."""
    connection.exec_driver_sql(
        "UPDATE events SET state = ?, outcome = ?, reason = ?, error = ?, processed_at = ?,"
        " finish = ? WHERE id = ?",
        (
            *_how(end),
            to_micros(at),
            last_finish(connection) + 1,
            event_id,
        ),
    )
    _write_consequences(connection, [(event_id, end)], at)


def _write_consequences(
    connection: Connection, ends: Sequence[tuple[int, Finish]], at: datetime
) -> None:
    for table, rows in (
        ("changes", [row for event_id, end in ends for row in _changes(event_id, end, at)]),
        ("notifications", [row for event_id, end in ends for row in _notices(event_id, end, at)]),
    ):
        for part in in_parts(rows):
            values = tuple(chain.from_iterable(part))
            driver_of(connection).execute(_insert_into(table, len(part)), values)


@cache
def _insert_into(table: str, rows: int) -> str:
    columns = _COLUMNS[table]
    row = f"({', '.join('?' * len(columns))})"
    listed = ", ".join(columns)
    return f"INSERT INTO {table} ({listed}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - ours


_COLUMNS = {
    "changes": (
        "at", "event_id", "source", "connection_id", "property_id", "unit_id", "unit_number",
        "field", "old", "new", "affects_rubs",
    ),
    "notifications": (
        "at", "kind", "text", "event_id", "connection_id", "property_id", "unit_id",
    ),
}  # fmt: skip
# Made once: `json.dumps` with other than its defaults makes one a call.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _write(value: Json) -> str:
    # Most values that change are counts.
    return str(value) if type(value) is int else _encode(value)


# Plain texts and numbers below: the driver looks for an adapter of every other type, each time.
def _how(end: Finish) -> tuple[str, str | None, str | None, str | None]:
    """State, outcome, reason and error."""
    outcome = None if end.outcome is None else end.outcome.value
    return end.state.value, outcome, None if end.reason is None else end.reason.value, end.error


def _changes(event_id: int, end: Finish, at: datetime) -> list[tuple[object, ...]]:
    return [
        (
            to_micros(at),
            event_id,
            change.source.value,
            change.connection_id,
            change.property_id,
            change.unit_id,
            change.unit_number,
            change.field,
            _write(change.old),
            _write(change.new),
            int(change.affects_rubs),
        )
        for change in end.changes
    ]


def _notices(event_id: int, end: Finish, at: datetime) -> list[tuple[object, ...]]:
    return [
        (
            to_micros(at),
            notice.kind.value,
            notice.text,
            event_id,
            notice.connection_id,
            notice.property_id,
            notice.unit_id,
        )
        for notice in end.notices
    ]


def _sync(claimed: Claim, end: Finish, at: datetime) -> dict[str, Any]:
    body = end.sync or {}
    sync_id = body.get("sync_id")
    return {
        "event_id": claimed.id,
        "connection_id": claimed.facts.connection_id,
        "sync_id": sync_id if isinstance(sync_id, str) else None,
        "at": at,
        "stats": _write(body.get("stats")),
    }
