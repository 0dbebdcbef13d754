"""Looks from outside at how far a running receiver has come with its store."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from store.errors import StoreError
from store.reader import Reader
from store.reading.deliveries import newest_id, settled_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOOK_EVERY_S = 0.02
_PATIENCE_S = 120.0


class StoreWatch:
    """A reader of a store that another process writes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def newest(self) -> int:
        """The number of the last delivery."""
        with self._reader.connect() as connection:
            return newest_id(connection)

    def processed(self) -> int:
        """The number up to which every delivery has been processed."""
        with self._reader.connect() as connection:
            return settled_until(connection)

    def wait_until_processed(self) -> float:
        """Waits until nothing is left to process; the seconds that it took.

        Raises:
            TimeoutError: it does not come to an end.
        """
        started = time.perf_counter()
        while self.processed() < self.newest():
            if time.perf_counter() - started > _PATIENCE_S:
                raise TimeoutError("Processing did not come to an end.")
            time.sleep(_LOOK_EVERY_S)
        return time.perf_counter() - started


@contextmanager
def watching(path: Path) -> Iterator[StoreWatch]:
    """Looks at a store that is being opened by somebody else, as soon as it can be."""
    reader = _open(path)
    try:
        yield StoreWatch(reader)
    finally:
        reader.close()


def _open(path: Path) -> Reader:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return Reader(path)
        except StoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_EVERY_S)
