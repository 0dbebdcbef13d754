"""What comes in between comparing a snapshot and writing what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from receiver.billing.bills import BY_OCCUPANTS
from receiver.operations import perform
from receiver.refreshing import adapter
from receiver.refreshing.applying import apply
from receiver.refreshing.facts import Snapshot
from receiver.refreshing.weighing import Job, weigh
from tests.integration.refreshing.conftest import CONNECTION, PROPERTY, fill, stamp

if TYPE_CHECKING:
    from tests.integration.refreshing.conftest import RefreshBench

UNIT = "unit_001_0001"


@pytest.fixture
def job(house: RefreshBench) -> Job:
    fill(house.api, 2)
    event = house.sync()
    return Job(CONNECTION, (event.id,), (PROPERTY,), {PROPERTY: 2}, {})


def fetched(house: RefreshBench, as_of: datetime) -> Snapshot:
    problems: list[str] = []
    units = (adapter.read_unit(each, problems) for each in house.api.units.values())
    return Snapshot(
        connection_id=CONNECTION,
        properties=frozenset({PROPERTY}),
        as_of=as_of,
        units=tuple(filter(None, units)),
    )


def test_an_event_that_is_newer_than_the_snapshot_stays(house: RefreshBench, job: Job) -> None:
    house.api.put_unit(UNIT, square_feet=1_000)
    now = datetime.now(UTC)
    snapshot = fetched(house, now)
    weighed = house.database.read(
        lambda connection: weigh(connection, job, snapshot, BY_OCCUPANTS, now)
    )
    house.tell_unit(UNIT, stamp(seconds=-5), sqft=1_111)
    house.write(apply, job, snapshot, weighed, now)
    assert house.unit(UNIT).sqft == 1_111


def test_an_older_one_gives_way(house: RefreshBench, job: Job) -> None:
    now = datetime.now(UTC) + timedelta(hours=1)
    snapshot = fetched(house, now)
    weighed = house.database.read(
        lambda connection: weigh(connection, job, snapshot, BY_OCCUPANTS, now)
    )
    assert weighed.found.records == []
    house.tell_unit(UNIT, stamp(seconds=-5), sqft=1_111)
    house.write(apply, job, snapshot, weighed, now)
    assert house.unit(UNIT).sqft == 900


def test_a_property_that_was_unlinked_is_left_alone(house: RefreshBench, job: Job) -> None:
    house.api.put_unit(UNIT, square_feet=1_000)
    now = datetime.now(UTC)
    snapshot = fetched(house, now)
    weighed = house.database.read(
        lambda connection: weigh(connection, job, snapshot, BY_OCCUPANTS, now)
    )
    house.write(perform, "unlink_property", {"connection_id": CONNECTION, "property_id": PROPERTY})
    house.write(apply, job, snapshot, weighed, now)
    assert house.unit(UNIT).sqft == 900
