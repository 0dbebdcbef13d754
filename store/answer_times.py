"""How long answers took: known only after the commit that they waited for, so written later."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import Connection

Times: TypeAlias = list[tuple[int, float]]
"""Pairs of a delivery's id and milliseconds."""
_A_STATEMENT = 1_000


class AnswerTimes:
    """Times that wait to be written. Safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: Times = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers one."""
        with self._lock:
            self._waiting.append((delivery_id, milliseconds))

    def take(self) -> Times:
        """All that wait; they no longer do."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def put_back(self, times: Times) -> None:
        """Those that `take` gave, after they could not be written."""
        with self._lock:
            self._waiting[:0] = times


def write_answer_times(connection: Connection, times: Times) -> None:
    """Writes them down, in the caller's transaction."""
    for start in range(0, len(times), _A_STATEMENT):
        part = times[start : start + _A_STATEMENT]
        marks = ", ".join(["(?, ?)"] * len(part))
        connection.exec_driver_sql(
            f"INSERT OR REPLACE INTO acknowledgements (delivery_id, ms) VALUES {marks}",  # noqa: S608
            tuple(value for pair in part for value in pair),
        )
