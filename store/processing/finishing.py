"""How the processing of events ended, written down with all that it led to.

Everything here runs inside one transaction of the writer: an event's effect and its completion are
committed together or not at all.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import insert

from store.driver import driver_of
from store.processing import queue
from store.reading.events import last_finish
from store.records import EventState
from store.refreshes import ask_for
from store.statements import INSERT_MANY, in_parts
from store.structure.tables import SYNCS, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.processing.effects import FieldChange, Finish, Notice
    from store.processing.queue import Claim
    from store.records import Json

_PROCESSING = EventState.PROCESSING
"""Looked up once: by its class it takes as long as comparing it four times."""
_Row: TypeAlias = "tuple[object, ...]"


def finish(connection: Connection, finished: Sequence[tuple[Claim, Finish]], at: datetime) -> None:
    """Writes down how the processing of events ended, with their changes and notifications."""
    if not finished:
        return
    _write_ends(connection, finished, to_micros(at))
    _write_consequences(connection, [(claimed.id, end) for claimed, end in finished], to_micros(at))
    # An event that is processed again has reported its synchronisation before.
    syncs = [_sync(claimed, end, at) for claimed, end in finished if end.sync is not None]
    if syncs:
        connection.execute(insert(SYNCS).prefix_with("OR REPLACE"), syncs)
    for claimed, end in finished:
        if end.state is _PROCESSING:
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
    _write_consequences(connection, [(event_id, end)], to_micros(at))


def _write_ends(
    connection: Connection, finished: Sequence[tuple[Claim, Finish]], micros: int
) -> None:
    """What is no event yet is written down as one now, once and with its end."""
    new: list[_Row] = []
    again: list[_Row] = []
    for number, (claimed, end) in enumerate(finished, start=last_finish(connection) + 1):
        # What is still being processed has another end to come.
        at = None if end.state is _PROCESSING else micros
        if claimed.columns is None:
            again.append((*_how(end), at, number, claimed.id))
        else:
            new.append((*claimed.columns, *_how(end), at, number, 1))
    _insert(connection, "events", new)
    if again:
        driver_of(connection).executemany(
            "UPDATE events SET state = ?, outcome = ?, reason = ?, error = ?, processed_at = ?,"
            " finish = ?, attempts = attempts + 1, forced = 0 WHERE id = ?",
            again,
        )


def _write_consequences(
    connection: Connection, ends: Sequence[tuple[int, Finish]], micros: int
) -> None:
    changes: list[_Row] = []
    notices: list[_Row] = []
    for event_id, end in ends:
        changes += [_change_row(micros, event_id, change) for change in end.changes]
        notices += [_notice_row(micros, event_id, notice) for notice in end.notices]
    _insert(connection, "changes", changes)
    _insert(connection, "notifications", notices)


def _insert(connection: Connection, table: str, rows: Sequence[_Row]) -> None:
    driver = driver_of(connection)
    for part in in_parts(rows):
        driver.execute(_insert_into(table, len(part)), tuple(chain.from_iterable(part)))


@cache
def _insert_into(table: str, rows: int) -> str:
    columns = _COLUMNS[table]
    row = f"({', '.join('?' * len(columns))})"
    listed = ", ".join(columns)
    return f"{INSERT_MANY} {table} ({listed}) VALUES {', '.join([row] * rows)}"


_COLUMNS = {
    "events": (
        *queue.NEW, "state", "outcome", "reason", "error", "processed_at", "finish", "attempts",
    ),
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
# `_value_` is what `value` gives, without a call of Python's own.
def _how(end: Finish) -> tuple[str, str | None, str | None, str | None]:
    """State, outcome, reason and error."""
    state, outcome, reason = end.state, end.outcome, end.reason
    return (
        state._value_,
        None if outcome is None else outcome._value_,
        None if reason is None else reason._value_,
        end.error,
    )


def _change_row(micros: int, event_id: int, change: FieldChange) -> _Row:
    connection_id, property_id, unit_id, unit_number, field, old, new, affects_rubs, source = change
    whose = (connection_id, property_id, unit_id, unit_number)
    told = (field, _write(old), _write(new), int(affects_rubs))
    return (micros, event_id, source._value_, *whose, *told)


def _notice_row(micros: int, event_id: int, notice: Notice) -> _Row:
    return (micros, notice.kind._value_, notice.text, event_id, *notice[2:])


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
