"""Turns accepted deliveries into records, in the order received, after they were acknowledged.

A batch is one transaction: the effect of its events and their completion are committed together.
An event that cannot be processed is set aside with its reason, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from receiver.actions import SYNC_COMPLETE, Effect, Occurrence, decide
from receiver.actions.effects import NO_SOURCE, fail
from receiver.background.pace import BOUNDS, Pace
from receiver.background.workers import Worker
from receiver.billing.bills import BY_OCCUPANTS, Allocation
from receiver.clock import now
from receiver.judging.strict_json import reread
from store.errors import StoreUnavailableError
from store.processing import finishing, queue
from store.processing.shelf import Shelf
from store.records import EventState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.background.pace import Bounds
    from receiver.background.workers import WorkerState
    from store.database import Database
    from store.processing.effects import Finish
    from store.processing.ledger import Ledger
    from store.processing.queue import Claim
    from store.reader import Connection

_GATHER_S = 0.02
"""What arrives within so long is processed together: the writer is one, and every transaction of
the processor is one that an acknowledgement may wait behind."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_PROCESSING = EventState.PROCESSING
_log = logging.getLogger(__name__)


class Refreshing(Protocol):
    """What follows a sync; see `receiver.refreshing`."""

    def refuse(self, connection_id: str, /) -> str | None:
        """Why nothing can follow a sync of a connection; None when it can."""

    def wake(self) -> None:
        """A refresh was asked for. Never waits."""


@dataclass(frozen=True, slots=True)
class ProcessorState:
    """Whether events are being processed."""

    running: bool
    problem: str | None = None
    """Why it waits, when the store cannot be written."""


class Processor:
    """Processes events on a thread of its own until `close`."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = now,
        refreshing: Refreshing | None = None,
        allocation: Allocation = BY_OCCUPANTS,
        bounds: Bounds = BOUNDS,
    ) -> None:
        """Starts with whatever an earlier run left.

        Args:
            database: where events are.
            clock: when something was processed.
            refreshing: what follows a sync; None when nothing can.
            allocation: how bills are divided, for what is told of a change.
            bounds: how much it takes at once.
        """
        self._database = database
        self._clock = clock
        self._refreshing = refreshing
        self._allocation = allocation
        self._shelf = Shelf()
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._problem: str | None = None
        self._asked = False
        self._pace = Pace(lambda: database.lull, lambda: database.awaited, bounds)
        self._resting = False
        self._worker = Worker("processor", "Processing of events", self._run, self._stopping)

    @property
    def state(self) -> ProcessorState:
        """Readable from any thread."""
        return ProcessorState(self._worker.state.running, self._problem)

    @property
    def worker(self) -> WorkerState:
        """How its thread is."""
        return self._worker.state

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be processed. Readable from any thread."""
        return self._resting and not self._work.is_set()

    def wake(self) -> None:
        """There may be something to process. May be called from any thread; never waits."""
        if not self._work.is_set():  # asked without a lock: it is set already in a burst
            self._work.set()

    def close(self) -> None:
        """Ends after the batch at hand; what is left is processed at the next start."""
        self._stopping.set()
        self._work.set()
        self._worker.join(3)

    def _run(self) -> None:
        self._work.set()  # also what was at hand when a mistake ended it
        pause = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            self._work.wait()
            self._resting = False
            self._stopping.wait(_GATHER_S)
            self._work.clear()
            try:
                while not self._stopping.is_set() and self._process_batch():
                    self._pass_on()
                self._problem, pause, self._resting = None, _FIRST_PAUSE_S, True
            except StoreUnavailableError as error:
                self._retry(str(error), pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            except Exception as error:  # noqa: BLE001
                _log.exception("A batch could not be processed")
                self._retry(f"Processing stopped by a mistake of ours: {error!r}.", pause)
                pause = _LONGEST_PAUSE_S

    def _pass_on(self) -> None:
        """What a batch asked for is in the store now: whoever does it can look."""
        if self._asked and self._refreshing is not None:
            self._asked = False
            self._refreshing.wake()

    def _retry(self, problem: str, pause: float) -> None:
        if not self._stopping.is_set():
            self._problem = problem
            self._stopping.wait(pause)
            self._work.set()

    def _process_batch(self) -> bool:
        """Processes some events; False when there were none.

        What cannot be written with the others is tried alone, and set aside if that fails too.
        """
        try:
            return self._database.write(self._process, patient=True).result()
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001
            _log.exception("A batch could not be processed; trying its first event alone")
        try:
            return self._database.write(partial(self._process, limit=1)).result()
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001
            return self._database.write(partial(self._set_aside, error=error)).result()

    def _set_aside(self, connection: Connection, error: Exception) -> bool:
        turn = queue.take_turn(connection, 1)
        if turn is None:
            return False
        end = fail(f"What it does could not be written: {type(error).__name__}: {error}").finish
        finishing.finish(connection, [(claim, end) for claim in turn.claims], self._clock())
        queue.end_turn(connection, turn, len(turn.claims))
        return True

    def _process(self, connection: Connection, limit: int | None = None) -> bool:
        turn = queue.take_turn(connection, limit or self._pace.size)
        if turn is None:
            return False
        ledger = self._shelf.take(connection, turn.claims)
        finished = self._apply(turn.claims, ledger)
        ledger.flush()
        finishing.finish(connection, finished, self._clock())
        queue.end_turn(connection, turn, len(finished))
        return True

    def _apply(self, claimed: list[Claim], ledger: Ledger) -> list[tuple[Claim, Finish]]:
        self._pace.start()
        finished = []
        for number, claim in enumerate(claimed, start=1):
            effect = _process_one(claim, ledger, self._refuse, self._allocation)
            for record in effect.records:
                ledger.put(record)
            finished.append((claim, effect.finish))
            self._asked |= effect.finish.state is _PROCESSING
            if self._pace.is_over(number):
                break
        self._pace.end(len(finished))
        return finished

    def _refuse(self, connection_id: str) -> str | None:
        return NO_SOURCE if self._refreshing is None else self._refreshing.refuse(connection_id)


def _process_one(
    claim: Claim, ledger: Ledger, refuse: Callable[[str], str | None], allocation: Allocation
) -> Effect:
    if claim.body is None:
        return fail("Its body was pruned, so it cannot be processed again.")
    if hashlib.sha256(claim.body).digest() != claim.body_sha256:
        return fail("The stored body does not match its checksum: the disk or the file is damaged.")
    facts = claim.facts
    try:
        occurrence = Occurrence(
            event_id=claim.id,
            facts=facts,
            body=reread(claim.body),
            received_at=claim.received_at,
            force=claim.forced,
            no_refresh=refuse(facts.connection_id or "") if facts.event == SYNC_COMPLETE else None,
            allocation=allocation,
        )
        return decide(occurrence, ledger)
    except Exception as error:  # noqa: BLE001
        # A poison event: the next one must go on whatever is wrong with this one.
        _log.exception("Event %d could not be processed", claim.id)
        return fail(f"Processing it failed by a mistake of ours: {type(error).__name__}: {error}")
