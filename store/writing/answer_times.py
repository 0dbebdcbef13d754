"""How long answers took: known only after the commit that they waited for, so written later."""

from __future__ import annotations

import threading
import time
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from store.driver import driver_of
from store.statements import in_parts

if TYPE_CHECKING:
    from sqlalchemy import Connection

Times: TypeAlias = list[tuple[int, float]]
"""Pairs of a delivery's id and milliseconds."""


_ENOUGH = 64
_LONGEST_S = 0.1


class AnswerTimes:
    """Times that wait to be written. Safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: Times = []
        self._since = 0.0
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, delivery_id: int, milliseconds: float) -> None:
        """Remembers one."""
        with self._lock:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting.append((delivery_id, milliseconds))

    def take_due(self) -> Times:
        """All that wait, once they are many or old: they share the commit of whoever takes them.

        With every delivery that comes alone, the one before would have another page written.
        """
        waiting = self._waiting
        if len(waiting) < _ENOUGH and (not waiting or time.monotonic() - self._since < _LONGEST_S):
            return []
        return self.take()

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
    driver = driver_of(connection)
    for part in in_parts(times):
        driver.execute(_insert(len(part)), tuple(chain.from_iterable(part)))


@cache
def _insert(rows: int) -> str:
    marks = ", ".join(["(?, ?)"] * rows)
    return f"INSERT OR REPLACE INTO acknowledgements (delivery_id, ms) VALUES {marks}"  # noqa: S608
