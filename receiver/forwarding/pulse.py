"""How a target is, as its forwarder learns it: told whenever it changes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.forwarding.answer import ABSENT_PAUSES_S
from receiver.forwarding.health import TargetHealth, TargetState, state_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.forwarding.answer import Answer
    from store.forwarding.forward_queue import Queue


class Pulse:
    """To be used on the forwarder's loop; `health` may be read from any thread."""

    def __init__(
        self,
        url: str,
        clock: Callable[[], datetime],
        on_change: Callable[[TargetHealth], None],
        *,
        once: bool,
    ) -> None:
        """Begins with a target that nothing was sent to.

        Args:
            url: of the target.
            clock: now, in UTC.
            on_change: told of every change of the target's state.
            once: whether there is one attempt only, so that an absence delays nothing.
        """
        self.health = TargetHealth(url=url, since=clock())
        self._clock = clock
        self._on_change = on_change
        self._once = once
        self._absences = 0
        self.absent_until = 0.0
        """By `time.monotonic()`: nothing is sent before."""

    @property
    def absent(self) -> bool:
        """Whether it accepted no connection the last time."""
        return self._absences > 0

    def note_answer(self, answer: Answer) -> None:
        """Takes in the outcome of an attempt: an answer, or that nobody was there."""
        self._absences = self._absences + 1 if answer.absent and not self._once else 0
        pause = ABSENT_PAUSES_S[min(self._absences, len(ABSENT_PAUSES_S)) - 1]
        self.absent_until = time.monotonic() + pause if self._absences else 0.0
        state = state_after(answer)
        moved = state is not self.health.state
        self.health = replace(
            self.health,
            state=state,
            since=self._clock() if moved else self.health.since,
            status=answer.status,
            ms=answer.ms,
            problem=answer.error,
        )
        if moved:
            self._on_change(self.health)

    def note_mistake(self, error: Exception) -> None:
        """Forwarding to it has ended for a moment, by a mistake of ours."""
        problem = f"forwarding failed by a mistake of ours ({type(error).__name__}): see the log"
        self.health = replace(
            self.health, state=TargetState.DOWN, since=self._clock(), problem=problem
        )
        self._on_change(self.health)

    def note_queue(self, queue: Queue) -> None:
        """Its queue was read again; what is held is told, since a person has to say what to do."""
        more_held = queue.held > self.health.held
        self.health = replace(self.health, held=queue.held, failed=queue.failed)
        if more_held:
            self._on_change(self.health)

    def note_failed(self) -> None:
        """Counts a delivery that is given up: refused for good, or tried too often."""
        self.health = replace(self.health, failed=self.health.failed + 1)

    def note_waiting(self, count: int) -> None:
        """Takes in how many deliveries wait for this target."""
        self.health = replace(self.health, waiting=count)
