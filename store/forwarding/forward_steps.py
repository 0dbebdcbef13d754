"""What attempts to pass deliveries on have led to, written down.

Everything here runs inside one transaction of the writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.forwarding.forward_records import ForwardState
from store.headers import encode_headers
from store.structure.tables import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.forwarding.forward_records import ForwardAttempt

ATTEMPTS_KEPT = 20_000
"""Rows of attempts kept over all targets; the oldest give way."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an attempt means for the delivery that it was made for."""

    forward_id: int
    attempt: ForwardAttempt
    state: ForwardState
    due_at: datetime | None
    counted: bool = True
    """Whether it uses up one of the attempts that a delivery has."""


def write_steps(connection: Connection, steps: Sequence[Step]) -> None:
    """Writes down attempts, and what they mean."""
    if not steps:
        return
    connection.exec_driver_sql(
        "INSERT INTO forward_attempts (forward_id, at, status, ms, error, headers, body, size) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                step.forward_id,
                to_micros(step.attempt.at),
                step.attempt.status,
                step.attempt.ms,
                step.attempt.error,
                encode_headers(step.attempt.headers),
                step.attempt.body,
                step.attempt.size,
            )
            for step in steps
        ],
    )
    connection.exec_driver_sql(
        "UPDATE forwards SET state = ?, attempts = attempts + ?, due_at = ?, status = ?, ms = ?,"
        " error = ?, ended_at = ? WHERE id = ?",
        [_ended(step) for step in steps],
    )
    connection.exec_driver_sql(
        "DELETE FROM forward_attempts WHERE id <= (SELECT max(id) FROM forward_attempts) - ?",
        (ATTEMPTS_KEPT,),
    )


def drop_pruned(connection: Connection, ids: Sequence[int]) -> None:
    """Ends what cannot be sent any more: its delivery was pruned."""
    connection.exec_driver_sql(
        "UPDATE forwards SET state = 'dropped', error = 'Its delivery was pruned.' WHERE id = ?",
        [(forward_id,) for forward_id in ids],
    )


def _ended(step: Step) -> tuple[object, ...]:
    attempt = step.attempt
    over = step.state in (ForwardState.DELIVERED, ForwardState.FAILED)
    return (
        step.state,
        int(step.counted),
        step.due_at and to_micros(step.due_at),
        attempt.status,
        attempt.ms,
        attempt.error,
        to_micros(attempt.at) if over else None,
        step.forward_id,
    )
