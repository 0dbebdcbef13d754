from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.reading.deliveries import list_deliveries
from store.reading.events import list_events
from store.reading.filters import Filters
from store.structure.tables import from_micros, to_micros
from tests.stand_ins.arrivals import accepted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Receipt

_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
_INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(_INSTANTS)
def test_every_microsecond_of_ten_thousand_years_comes_back(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant


@given(_INSTANTS, _INSTANTS)
def test_integers_sort_as_instants_do(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) == (one < other)


def test_an_offset_is_only_another_way_to_write_the_same_instant() -> None:
    elsewhere = timezone(timedelta(hours=-9, minutes=-30))
    local = datetime(2026, 3, 25, 5, 0, 0, 1, tzinfo=elsewhere)

    assert from_micros(to_micros(local)).isoformat() == "2026-03-25T14:30:00.000001+00:00"


@pytest.mark.parametrize(
    "instant",
    [_FIRST, _LAST, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)],
    ids=["year 1", "year 9999", "a microsecond before 1970"],
)
def test_listings_show_instants_exactly(
    database: Database,
    connection: Connection,
    deliver: Callable[..., list[Receipt]],
    admit: Callable[[], int],
    instant: datetime,
) -> None:
    arrival = accepted(1, received_at=instant)
    assert arrival.facts
    deliver(database, arrival._replace(facts=arrival.facts._replace(timestamp=instant)))

    for _ in range(2):
        assert list_events(connection)[0].timestamp == instant
        assert list_deliveries(connection)[0].received_at == instant
        assert list_events(connection)[0].received_at == instant
        assert len(list_deliveries(connection, Filters(since=instant))) == 1
        assert len(list_events(connection, Filters(since=instant))) == 1
        if instant < _LAST:
            later = Filters(since=instant + timedelta(microseconds=1))
            assert not list_deliveries(connection, later)
            assert not list_events(connection, later)
        admit()
