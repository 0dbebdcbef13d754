"""What the screen reads of a store to begin with does not grow with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.privacy.discretion import Discretion
from meterbase_tui.queries.sources import ChangeSource, DeliverySource
from store.reader import Reader
from store.reading.activity import arrivals_after, recent_answer_times
from store.reading.events import last_finish
from tests.stand_ins.arrivals import START
from tests.unit.store.test_plans import _cost, _fill, _statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.reader import Connection

_SCREENFUL = 60
_IDS = 1_000


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Reader]]:
    folder = tmp_path_factory.mktemp("opening")
    readers = []
    for count in (300, 3_000):
        _fill(folder / f"{count}.db", count)
        readers.append(Reader(folder / f"{count}.db"))
    yield readers[0], readers[1]
    for reader in readers:
        reader.close()


def _open(connection: Connection, reader: Reader) -> None:
    """All that the dashboard asks for, but the refused deliveries, which are bounded."""
    del connection  # the reader has one a thread: it is the one that is watched
    for source in (DeliverySource(reader), ChangeSource(reader, Discretion())):
        newest = source.newer_than(None, _IDS)
        source.rows(newest[-_SCREENFUL:])
        assert len(source.older_than(newest[0], _IDS)) + len(newest) == newest[-1]
        source.find_outdated()
        source.rows(range(1, _SCREENFUL))
    with reader.connect() as connection:
        arrivals_after(connection, 0, START + timedelta(days=9))
        recent_answer_times(connection, 100)
        last_finish(connection)


def test_opening_and_going_to_the_oldest_costs_the_same(stores: tuple[Reader, Reader]) -> None:
    small, large = (_cost(each, lambda c, each=each: _open(c, each)) for each in stores)  # type: ignore[misc]

    assert large <= small * 1.2 + 100


def test_opening_asks_as_often(stores: tuple[Reader, Reader]) -> None:
    small, large = (
        len(_statements(each, lambda c, each=each: _open(c, each)))  # type: ignore[misc]
        for each in stores
    )

    assert small == large
