"""Holds the limits of what is kept, in the background: a few deliveries at a time, in pauses.

What is to go is looked for on a read-only view and deleted in small transactions, each of which
makes sure that nothing needs it by then. Nothing of a round is remembered: after a kill the next
one finds what is left.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from receiver.background.workers import Worker
from receiver.clock import now
from store.errors import StoreError
from store.pruning.limits import UNLIMITED, Limits
from store.pruning.retention import delete_chosen, list_chosen
from store.pruning.retention_plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from receiver.background.workers import WorkerState
    from store.database import Database
    from store.pruning.retention import Selection
    from store.pruning.retention_plan import Plan

_EVERY_S = 60.0
_REST = 50.0
"""As a multiple of what making a plan took: in a large store it looks through much."""
_LISTED = 2_000
_BATCH_ROWS = 32
_BATCH_BYTES = 32 << 10
"""Deleted in one transaction: the search index is told of every word again, some 3 ms."""
_QUIET_S = 5.0
"""How long nothing must have arrived. Measured with 0.25 s: at two deliveries a second each of them
had to wait for a transaction more often than not."""
_LOOK_EVERY_S = 0.25
_SHARE_QUIET, _SHARE_BUSY = 0.5, 0.005
"""Of the writer's time. While deliveries keep coming, 99 of 100 never meet what it takes."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What the limits are, and how far they are held."""

    limits: Limits = UNLIMITED
    plan: Plan | None = None
    """The last one; None before the first, and where there are no limits."""
    deleted: int = 0
    """Since the start."""
    left: int = 0
    """Of the plan, still to be deleted."""
    looked_at: datetime | None = None
    """When the plan was made."""
    problem: str | None = None
    """Why it waits, when the store cannot be read or written."""


class Pruner:
    """Holds the limits until `close`; does nothing where there are none."""

    def __init__(
        self,
        database: Database,
        limits: Limits,
        targets: Sequence[str] = (),
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Starts.

        Args:
            database: the store.
            limits: what may be kept.
            targets: the addresses that deliveries are passed on to.
            clock: our own clock.
        """
        self._database = database
        self._limits = limits
        self._targets = tuple(targets)
        self._clock = clock
        self._arrived = -_QUIET_S
        self._stopping = threading.Event()
        self.state = Retention(limits=limits)
        """May be read from any thread."""
        self._worker = Worker("pruner", "Holding the limits", self._run, self._stopping)

    @property
    def worker(self) -> WorkerState:
        """How its thread is."""
        return self._worker.state

    def note_arrival(self) -> None:
        """Something arrived: it goes first. May be called from any thread; never waits."""
        self._arrived = time.monotonic()

    def close(self) -> None:
        """Ends after the transaction at hand; what is left goes after the next start."""
        self._stopping.set()
        self._worker.join(3)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._try_round() if self._limits else threading.TIMEOUT_MAX)

    def _try_round(self) -> float:
        """A round; the seconds to wait until the next one."""
        try:
            return self._round()
        except StoreError as error:
            # What is wrong with the store is told by its own check.
            self._tell(problem=str(error))
            return _EVERY_S

    def _round(self) -> float:
        began = time.monotonic()
        at = self._clock()
        plan = self._database.read(
            lambda connection: make_plan(connection, self._limits, at, self._targets)
        )
        took = time.monotonic() - began
        self._tell(plan=plan, left=plan.deliveries, looked_at=at, problem=None)
        deleted = 0
        for batch in self._batches(plan.selection):
            deleted += self._delete(plan.selection, batch)
        if deleted:
            _log.info("Deleted %d deliveries beyond the limits", deleted)
        return max(_EVERY_S, _REST * took)

    def _batches(self, selection: Selection) -> Iterator[list[int]]:
        after = 0
        while not self._stopping.is_set():
            after_now = after
            found = self._database.read(
                lambda connection: list_chosen(connection, selection, after_now, _LISTED)  # noqa: B023
            )
            for batch in _split(found):
                if self._stopping.is_set():
                    return
                yield batch
            if len(found) < _LISTED:
                return
            after = found[-1][0]

    def _delete(self, selection: Selection, batch: list[int]) -> int:
        began = time.monotonic()
        count = self._database.write(
            lambda connection: delete_chosen(connection, selection, batch)
        ).result()
        took = time.monotonic() - began
        state = self.state
        self._tell(deleted=state.deleted + count, left=max(0, state.left - len(batch)))
        quiet = began - self._arrived > _QUIET_S
        share = _SHARE_QUIET if quiet else _SHARE_BUSY
        self._rest(took * (1 / share - 1))
        return count

    def _rest(self, seconds: float) -> None:
        """Waits, but no longer than until nothing has arrived for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._stopping.is_set():
            self._stopping.wait(min(left, _LOOK_EVERY_S))
            if time.monotonic() - self._arrived > _QUIET_S:
                return

    def _tell(self, **changed: object) -> None:
        self.state = replace(self.state, **changed)  # type: ignore[arg-type]


def _split(found: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Deliveries in groups of a bounded number and size; at least one each."""
    batch: list[int] = []
    total = 0
    for number, size in found:
        if batch and (len(batch) >= _BATCH_ROWS or total + size > _BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(number)
        total += size
    if batch:
        yield batch
