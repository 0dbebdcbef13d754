"""Holds our own store against a simulation: the screen's and the command's way to its outcome."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from meterbase_tui.receiving.presence import read_presence
from sample_payloads.simulation.evidence import compare_with_store, gather
from store.reader import Reader
from store.reading.deliveries import newest_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sample_payloads.simulation.evidence import Evidence
    from sample_payloads.simulation.report import Comparison
    from sample_payloads.simulation.simulation import Simulation

_PATIENCE_S = 10.0
"""How long processing may stand still before what there is counts as its outcome."""
_LOOK_EVERY_S = 0.05


class StoreCheck:
    """A store that a simulation is received into, from before it begins."""

    def __init__(self, path: Path, after: int) -> None:
        self._path = path
        self._after = after

    @classmethod
    def begin(cls, path: Path, url: str) -> Self | None:
        """Notes where the log ends; None if the receiver at an address does not write this store.

        Raises:
            StoreError: it does, and the store cannot be read.
        """
        running = read_presence(path)
        if running is None or running.url != url:
            return None
        reader = Reader(path)
        try:
            with reader.connect() as connection:
                return cls(path, newest_id(connection))
        finally:
            reader.close()

    def compare(self, simulation: Simulation, say: Callable[[str], None]) -> list[Comparison]:
        """Waits until everything is processed, and compares.

        Args:
            simulation: one that has ended.
            say: told when it takes longer than it should.

        Raises:
            StoreError: the store cannot be read any more.
        """
        reader = Reader(self._path)
        try:
            evidence = self._wait(reader, simulation, say)
            with reader.connect() as connection:
                return compare_with_store(
                    connection,
                    evidence,
                    simulation.webhooks,
                    simulation.scenario,
                    simulation.portfolio,
                )
        finally:
            reader.close()

    def _wait(self, reader: Reader, simulation: Simulation, say: Callable[[str], None]) -> Evidence:
        seen = -1
        deadline = time.monotonic() + _PATIENCE_S
        evidence = self._look(reader, simulation)
        while not evidence.settled:
            if simulation.stopped or time.monotonic() > deadline:
                say("Some deliveries have not been processed yet; what follows is as of now.")
                break
            time.sleep(_LOOK_EVERY_S)
            if (revision := reader.revision()) != seen:
                seen, deadline = revision, time.monotonic() + _PATIENCE_S
                evidence = self._look(reader, simulation)
        return evidence

    def _look(self, reader: Reader, simulation: Simulation) -> Evidence:
        with reader.connect() as connection:
            return gather(connection, self._after, simulation.webhooks)
