"""Works off the queue of one target, in order within a connection, until it is stopped.

Nothing waits for it: it follows the store behind a mark of its own. What was answered is written
down before the next delivery of that connection is sent, so that a delivery is sent again only if
the program died between the answer and the commit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from receiver.background.workers import Failures, persist
from receiver.forwarding.answer import judge
from receiver.forwarding.backlog import hold_backlog, take_new, take_parcels
from receiver.forwarding.expectations import Expectations
from receiver.forwarding.lanes import Lanes
from receiver.forwarding.pulse import Pulse
from receiver.tasks import Tasks
from store.errors import StoreUnavailableError
from store.forwarding import forward_queue, forward_steps
from store.forwarding.forward_records import ForwardState

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from receiver.background.workers import WorkerState
    from receiver.forwarding.answer import Answer
    from receiver.forwarding.backlog import New
    from receiver.forwarding.client import ForwardClient
    from receiver.forwarding.health import TargetHealth
    from receiver.forwarding.target import ForwardTarget
    from store.database import Database
    from store.forwarding.forward_queue import Enlisted, Parcel, Queue
    from store.forwarding.forward_steps import Step
    from store.reader import Connection

_T = TypeVar("_T")
_AT_ONCE = 8
"""Connections of which a delivery is under way at the same time."""
_GATHER_S = 0.02
"""What arrives within so long is put into the queue together: the writer is one."""
_PAUSE_S = 1.0
"""After the store could not be written."""
_LAST_ANSWERS_S = 1.5
"""How long what is under way may still be answered when it is time to stop."""
_MOST_IN_MEMORY, _ENLISTED_AT_ONCE = 10_000, 500
"""Deliveries of a queue; of an application that is away for long the rest waits in the store."""
_log = logging.getLogger(__name__)


class Forwarder:
    """One target. To be used on the receiver's loop; `health` may be read from any thread."""

    def __init__(
        self,
        database: Database,
        target: ForwardTarget,
        client: ForwardClient,
        clock: Callable[[], datetime],
        on_change: Callable[[TargetHealth], None],
        *,
        most_backlog: int,
        once: bool,
    ) -> None:
        """Prepares; `run` does the work.

        Args:
            database: the store.
            target: where to.
            client: what sends.
            clock: now, in UTC.
            on_change: told of every change of the target's state, on the loop.
            most_backlog: how much of what is left from before is sent without asking.
            once: whether there is one attempt only, since the sender itself tries again.
        """
        self.target = target
        self._pulse = Pulse(target.url, clock, on_change, once=once)
        self._database = database
        self._client = client
        self._clock = clock
        self._most_backlog = most_backlog
        self._once = once
        self._lanes = Lanes()
        self._tasks = Tasks()
        self._failures = Failures(f"Forwarding to {target.url}")
        self._ended: list[tuple[Enlisted, Step]] = []
        self._expected = Expectations()
        self._wake = asyncio.Event()
        self._stale = True

    @property
    def health(self) -> TargetHealth:
        """How the target is; may be read from any thread."""
        return self._pulse.health

    def wake(self) -> None:
        """There may be something to pass on."""
        self._wake.set()

    def reload(self) -> None:
        """Somebody changed the queue in the store."""
        self._stale = True
        self._wake.set()

    async def first_answer(self, delivery_id: int, seconds: float) -> Answer | None:
        """The first answer to a delivery that was accepted just now; None if it takes longer."""
        self._wake.set()
        return await self._expected.wait(delivery_id, seconds)

    async def begin(self) -> None:
        """Sets the mark of a target that is new; to be called before anything is accepted.

        Raises:
            StoreUnavailableError: the store cannot be written now.
        """
        await self._write(lambda c: hold_backlog(c, self.target, self._most_backlog))

    async def run(self) -> None:
        """Passes on until it is cancelled; what is not answered by then is sent again later."""
        try:
            await persist(self._keep_turning, self._failures)
        finally:
            with suppress(StoreUnavailableError):
                await self._write_answers()

    async def _keep_turning(self) -> None:
        try:
            await self._begin_anew()
            while True:
                await self._patiently(self._turn)
        except Exception as error:
            self._pulse.note_mistake(error)
            raise

    async def _begin_anew(self) -> None:
        """What is in memory may be wrong when a mistake ended this; the store is right."""
        self._lanes, self._stale = Lanes(), True
        await self._write_answers()

    async def _write_answers(self) -> None:
        """Writes down what was answered; what is under way may still be, for a moment."""
        await self._tasks.finish(_LAST_ANSWERS_S)
        # Forgotten before they are written: if writing them is what fails, it must not fail again
        # with each new beginning.
        steps, self._ended = [step for _, step in self._ended], []
        if steps:
            await self._write(lambda connection: forward_steps.write_steps(connection, steps))

    @property
    def worker(self) -> WorkerState:
        """How the task is that sends; may be read from any thread."""
        return self._failures.state(running=True)

    async def _patiently(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Does some work with the store; tries again each second while it cannot be written."""
        while True:
            try:
                return await work()
            except StoreUnavailableError as error:
                _log.warning("Forwarding waits for the store: %s", error)
                await asyncio.sleep(_PAUSE_S)

    async def _turn(self) -> None:
        """Writes down what was answered, takes what is new, and sends what is next."""
        self._wake.clear()
        ended, stale = list(self._ended), self._stale
        room = min(_MOST_IN_MEMORY - self._lanes.count, _ENLISTED_AT_ONCE)
        new, queue = await self._write(lambda c: self._commit(c, ended, room, reread=stale))
        del self._ended[: len(ended)]
        for entry, step in ended:
            self._settle(entry, step)
        if queue is None:
            self._lanes.add(new.entries)
        else:
            self._lanes.replace(queue.waiting, set(queue.blocked))
            self._stale = False
            self._pulse.note_queue(queue)
        self._pulse.note_waiting(self._lanes.count + new.behind)
        if not await self._send_next() and not new.more:
            await self._rest()

    def _commit(
        self, connection: Connection, ended: list[tuple[Enlisted, Step]], room: int, *, reread: bool
    ) -> tuple[New, Queue | None]:
        forward_steps.write_steps(connection, [step for _, step in ended])
        new = take_new(connection, self.target, room)
        return new, forward_queue.read_queue(connection, self.target.url) if reread else None

    def _settle(self, entry: Enlisted, step: Step) -> None:
        if step.state is ForwardState.FAILED:
            self._pulse.note_failed()
        if step.state is not ForwardState.WAITING:
            self._lanes.settle(entry)
            return
        pause = (step.due_at - self._clock()).total_seconds() if step.due_at else 0.0
        again = replace(entry, attempts=entry.attempts + int(step.counted))
        self._lanes.settle(entry, again, time.monotonic() + pause)

    async def _send_next(self) -> bool:
        """Starts what is next; whether there was anything."""
        now = time.monotonic()
        if now < self._pulse.absent_until:
            return False
        # A target that was not there is asked by one delivery before it gets the others.
        room = (1 if self._pulse.absent else _AT_ONCE) - len(self._lanes.under_way())
        taken = self._lanes.take(now, room) if room > 0 else []
        if not taken:
            return False
        ids = [entry.id for entry in taken]
        parcels = await self._write(lambda connection: take_parcels(connection, ids))
        for entry in taken:
            parcel = parcels.get(entry.id)
            if parcel is None:
                self._lanes.settle(entry)
            else:
                self._tasks.keep(self._pass_on(entry, parcel), "passing on a delivery")
        return True

    async def _pass_on(self, entry: Enlisted, parcel: Parcel) -> None:
        at = self._clock()
        answer = await self._client.send(self.target, parcel)
        self._expected.meet(entry.delivery_id, answer)
        self._pulse.note_answer(answer)
        self._ended.append((entry, judge(entry.id, answer, entry.attempts, at, last=self._once)))
        self._wake.set()

    async def _rest(self) -> None:
        """Until something happens, or a lane's time has come."""
        at = self._lanes.next_at()
        pause = (
            None if at is None else max(0.0, max(at, self._pulse.absent_until) - time.monotonic())
        )
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return
        if not self._ended and not self._expected:
            await asyncio.sleep(_GATHER_S)

    async def _write(self, work: Callable[[Connection], _T]) -> _T:
        return await asyncio.wrap_future(self._database.write(work))
