"""Makes the checks again and again, for a screen: often and cheaply, closely when asked."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING

from meterbase_tui.checking.files import identity
from meterbase_tui.checking.gathering import gather_facts
from meterbase_tui.checking.probing import gather_probes
from meterbase_tui.checking.surroundings import Surroundings
from receiver.checks import run_checks
from store.errors import StoreError
from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.checks import Check, Facts, Probes

_LASTS = timedelta(minutes=10)
"""A close look says little about now when it is older."""
_Order = tuple["Callable[[], list[Check]] | None", "Future[list[Check]]"]


class Examiner:
    """Checks one receiver and its store on a thread of its own, until `close`."""

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        """Begins with nothing looked at; the arguments are those of `gather_facts`."""
        self._settings = settings
        self._runtime = runtime
        self._surroundings = surroundings or Surroundings()
        self._reader: Reader | None = None
        self._opened: tuple[int, int] | None = None
        self._probes: Probes | None = None
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        # Not a pool: its threads are waited for at the end of the program.
        threading.Thread(target=self._run, name="examiner", daemon=True).start()

    def look(self) -> list[Check]:
        """Every check over the facts as they are now. Blocks some milliseconds; any thread may ask.

        What the last close look found still counts, until something that it concerned has changed.
        """
        return self._order(self._look)

    def look_closely(self) -> list[Check]:
        """The same with pings and everything else that takes a while: up to 10 s."""
        return self._order(self._look_closely)

    def close(self) -> None:
        """Lets go of the store; returns at once."""
        self._orders.put((None, Future()))

    def _order(self, work: Callable[[], list[Check]]) -> list[Check]:
        answer: Future[list[Check]] = Future()
        self._orders.put((work, answer))
        return answer.result()

    def _run(self) -> None:
        while True:
            work, answer = self._orders.get()
            if work is None:
                break
            try:
                answer.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
                answer.set_exception(error)
        if self._reader is not None:
            self._reader.close()

    def _look(self) -> list[Check]:
        facts = self._gather()
        if self._probes is not None and not still_true(self._probes, facts):
            self._probes = None
        return run_checks(replace(facts, probes=self._probes))

    def _look_closely(self) -> list[Check]:
        facts = self._gather()
        self._probes = gather_probes(
            self._settings, facts, surroundings=self._surroundings, reader=self._reader
        )
        # The pings are in the log by now.
        return run_checks(replace(self._gather(), probes=self._probes))

    def _gather(self) -> Facts:
        self._open()
        return gather_facts(
            self._settings,
            self._runtime,
            surroundings=self._surroundings,
            reader=self._reader,
            opened=self._opened,
        )

    def _open(self) -> None:
        if self._reader is not None:
            return
        self._opened = identity(self._settings.db)
        try:
            self._reader = Reader(self._settings.db)
        except StoreError:
            # `gather_facts` finds the same, and says it.
            self._reader = None


def still_true(probes: Probes, facts: Facts) -> bool:
    """Whether nothing has changed that a close look was about: the tunnel, or much time."""
    status = facts.tunnel.status
    moved = status is not None and status.since > probes.at
    return not moved and facts.now - probes.at < _LASTS
