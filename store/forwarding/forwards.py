"""What was passed on to targets, read: listings, one delivery's answers, and a target's totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.forwarding.forward_records import Forward, ForwardAttempt, ForwardState, TargetTotals
from store.forwarding.forward_tables import FORWARD_ATTEMPTS, FORWARDS
from store.headers import decode_headers
from store.structure.tables import from_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

_OPEN = ("waiting", "held", "failed")


def list_forwards(
    connection: Connection,
    *,
    target: str | None = None,
    state: str | None = None,
    delivery_id: int | None = None,
    limit: int = 50,
) -> list[Forward]:
    """Forwards that match, newest first; `limit` 0 gives all."""
    statement = select(FORWARDS).order_by(FORWARDS.c.id.desc()).limit(limit or None)
    if target is not None:
        statement = statement.where(FORWARDS.c.target == target)
    if state is not None:
        statement = statement.where(FORWARDS.c.state == state)
        if state in _OPEN:
            # Says what follows from the state, so that the small index is used.
            statement = statement.where(FORWARDS.c.state.in_(_OPEN))
    if delivery_id is not None:
        statement = statement.where(FORWARDS.c.delivery_id == delivery_id)
    return [_forward(row) for row in connection.execute(statement).mappings()]


def attempts_of(connection: Connection, forward_id: int) -> list[ForwardAttempt]:
    """The attempts of a forward that are still kept, oldest first."""
    table = FORWARD_ATTEMPTS
    statement = select(table).where(table.c.forward_id == forward_id).order_by(table.c.id)
    return [_attempt(row) for row in connection.execute(statement).mappings()]


def read_totals_of(connection: Connection, target: str) -> TargetTotals:
    """What is open at a target, and its newest attempt."""
    counts: dict[str, int] = {}
    for state in _OPEN:
        counts[state] = connection.exec_driver_sql(
            "SELECT count(*) FROM forwards WHERE target = ? AND state = ? "
            "AND state IN ('waiting', 'held', 'failed')",
            (target, state),
        ).scalar_one()
    oldest = connection.exec_driver_sql(
        "SELECT d.received_at FROM forwards f JOIN deliveries d ON d.id = f.delivery_id "
        "WHERE f.target = ? AND f.state = 'waiting' "
        "AND f.state IN ('waiting', 'held', 'failed') ORDER BY f.id LIMIT 1",
        (target,),
    ).scalar()
    return TargetTotals(
        waiting=counts["waiting"],
        held=counts["held"],
        failed=counts["failed"],
        oldest_waiting=None if oldest is None else from_micros(oldest),
        last=_last(connection, target),
    )


def _last(connection: Connection, target: str) -> ForwardAttempt | None:
    row = connection.exec_driver_sql(
        "SELECT a.at, a.status, a.ms, a.error FROM forward_attempts a "
        "JOIN forwards f ON f.id = a.forward_id WHERE f.target = ? ORDER BY a.id DESC LIMIT 1",
        (target,),
    ).first()
    if row is None:
        return None
    return ForwardAttempt(at=from_micros(row[0]), status=row[1], ms=row[2], error=row[3])


def _forward(row: RowMapping) -> Forward:
    return Forward(**dict(row) | {"state": ForwardState(row["state"])})


def _attempt(row: RowMapping) -> ForwardAttempt:
    values: dict[str, Any] = dict(row)
    del values["id"], values["forward_id"]
    return ForwardAttempt(**values | {"headers": decode_headers(row["headers"])})
