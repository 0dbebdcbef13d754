"""A sync that is complete: all units are fetched, what differs is applied, and it is told."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from store.connections import list_properties
from store.notifications import list_notifications
from store.reading.units import changes_of_event, find_units, list_changes, list_units
from store.records import (
    ChangeSource,
    EventState,
    NotificationKind,
    Occupancy,
    Outcome,
    PropertyState,
)
from store.refreshes import RefreshState
from tests.conftest import wait_until
from tests.integration.refreshing.conftest import fill, stamp
from tests.stand_ins.propexo_api import Fault

if TYPE_CHECKING:
    from store.records import Event
    from tests.conftest import Bench
    from tests.integration.refreshing.conftest import RefreshBench
    from tests.stand_ins.propexo_api import PropexoApi


def told(house: RefreshBench, event: Event) -> dict[str, tuple[Any, Any]]:
    """The changes of an event by field."""
    return {each.field: (each.old, each.new) for each in house.read(changes_of_event, event.id)}


def texts(house: RefreshBench, kind: NotificationKind) -> list[str]:
    found = house.read(list_notifications, limit=0)
    return [each.text for each in found if each.kind is kind]


def held(release: threading.Event) -> Fault:
    """The next answer of the API is held back until it is released."""

    def wait(_: PropexoApi) -> None:
        assert release.wait(60)

    return Fault(do=wait)


def test_the_units_and_leases_of_linked_properties_are_imported(house: RefreshBench) -> None:
    fill(house.api, 3, leases=2)
    fill(house.api, 2, "prop_002")
    event = house.sync()
    assert (event.state, event.outcome, event.error) == (
        EventState.PROCESSED,
        Outcome.REFRESHED,
        None,
    )
    units = {unit.unit_id: unit for unit in house.read(list_units, limit=0)}
    assert sorted(units) == ["unit_001_0001", "unit_001_0002", "unit_001_0003"]
    unit = units["unit_001_0001"]
    assert (unit.unit_number, unit.sqft, unit.bedrooms, unit.bathrooms, unit.status) == (
        "001_0001",
        900,
        2,
        1.5,
        "occupied",
    )
    assert unit.lease is not None
    assert (unit.lease.lease_id, unit.lease.start_date, unit.occupant_count) == (
        "lease_unit_001_0001",
        "2026-01-01",
        2,
    )
    assert units["unit_001_0003"].occupancy is Occupancy.VACANT
    assert house.read(list_changes) == []
    [text] = texts(house, NotificationKind.REFRESH)
    assert "3 units are new" in text
    refresh = house.refresh(event)
    assert (refresh.state, refresh.created, refresh.changed, refresh.missing) == (
        RefreshState.DONE,
        3,
        0,
        0,
    )


def test_what_an_event_never_told_is_a_change_of_the_refresh(house: RefreshBench) -> None:
    fill(house.api, 12, leases=12)
    house.sync()
    house.api.put_unit("unit_001_0002", square_feet=1_000)
    house.api.put_unit("unit_001_0003", is_vacant=True)
    del house.api.leases["lease_unit_001_0003"]
    event = house.sync()
    changes = house.read(changes_of_event, event.id)
    found = {(each.unit_id[-1], each.field): (each.old, each.new) for each in changes}
    assert found.pop(("3", "lease"))[1] is None
    assert found == {
        ("2", "sqft"): (900, 1_000),
        ("3", "status"): ("occupied", "vacant"),
        ("3", "occupant_count"): (2, None),
    }
    assert {each.source for each in changes} == {ChangeSource.REFRESH}
    newest = texts(house, NotificationKind.REFRESH)[0]
    assert "2 units differ" in newest
    assert "Unit 001_0002, Unit 001_0003" in newest
    # 12 × 2 occupants before, 11 × 2 after: the eleven bear a twelfth of the bill together.
    assert "0.8 points more for each of its 10 neighbours" in newest


def test_a_refresh_that_finds_nothing_writes_nothing(house: RefreshBench) -> None:
    fill(house.api, 4, leases=2)
    house.sync()
    before = house.read(list_units, limit=0)
    notices = house.read(list_notifications, limit=0)
    event = house.sync()
    assert event.outcome is Outcome.REFRESHED
    assert house.read(list_units, limit=0) == before
    assert house.read(list_notifications, limit=0) == notices
    assert house.read(changes_of_event, event.id) == []


def test_an_event_that_is_newer_than_the_snapshot_wins(house: RefreshBench) -> None:
    fill(house.api, 2)
    house.sync()

    def deliver(_: object) -> None:
        # After the fetch began, before the page is made: the page has the older state.
        house.tell_meanwhile("unit_001_0001", sqft=1_234)

    house.api.faults.append(Fault(do=deliver))
    event = house.sync()
    assert event.outcome is Outcome.REFRESHED
    assert house.unit("unit_001_0001").sqft == 1_234
    assert told(house, event) == {}
    # The next one, with the same state in the API, finds that it differs. An event of the second
    # in which a fetch begins counts as newer.
    second = int(time.time())
    wait_until(lambda: int(time.time()) > second, "the next second")
    house.sync()
    assert house.unit("unit_001_0001").sqft == 900


def test_an_event_that_is_older_than_the_snapshot_is_stale(house: RefreshBench) -> None:
    fill(house.api, 2)
    house.tell_unit("unit_001_0001", stamp(hours=3), sqft=800, status="vacant")
    house.sync()
    late = house.tell_unit("unit_001_0001", stamp(hours=1), sqft=700)
    assert (late.state, late.reason) == (EventState.IGNORED, "stale")
    assert house.unit("unit_001_0001").sqft == 900
    assert house.tell_unit("unit_001_0001", sqft=701).outcome is Outcome.UPDATED


def test_an_unchanged_unit_is_covered_by_the_refresh_too(house: RefreshBench) -> None:
    fill(house.api, 1)
    house.sync()
    house.sync()
    late = house.tell_unit("unit_001_0001", stamp(hours=1), sqft=700)
    assert late.reason == "stale"


def test_units_that_are_no_longer_listed_are_marked_and_not_deleted(house: RefreshBench) -> None:
    fill(house.api, 3)
    house.sync()
    gone = house.api.units.pop("unit_001_0002")
    event = house.sync()
    unit = house.unit("unit_001_0002")
    assert unit.missing_since is not None
    assert told(house, event)["missing_since"][0] is None
    assert "1 unit is no longer listed" in texts(house, NotificationKind.REFRESH)[0]
    house.api.units["unit_001_0002"] = gone
    back = house.sync()
    assert house.unit("unit_001_0002").missing_since is None
    assert told(house, back)["missing_since"][1] is None


def test_nothing_is_marked_missing_after_a_sync_with_errors(house: RefreshBench) -> None:
    fill(house.api, 3)
    house.sync()
    del house.api.units["unit_001_0002"]
    for more in (
        {"stats": {"errors": 2}},
        {"is_sync_finished": False},
        {"stats": {"units_synced": 3, "leases_synced": 0, "errors": 0}},
        {"models_synced": ["applicants"]},
    ):
        event = house.sync(**more)
        assert event.error is not None
        assert event.error.startswith("Nothing was marked missing")
        assert house.unit("unit_001_0002").missing_since is None


def test_an_empty_list_marks_nothing_missing(house: RefreshBench) -> None:
    fill(house.api, 3)
    house.sync()
    house.api.units.clear()
    event = house.sync()
    assert event.outcome is Outcome.REFRESHED
    assert all(unit.missing_since is None for unit in house.read(list_units, limit=0))
    assert "3 are known here" in texts(house, NotificationKind.DRIFT)[0]


def test_counts_that_differ_from_the_syncs_are_told(house: RefreshBench) -> None:
    fill(house.api, 3)
    house.sync(stats={"units_synced": 5, "leases_synced": 0, "errors": 0})
    [text] = texts(house, NotificationKind.DRIFT)
    assert text.startswith("The sync counted 5 units, the API lists 3")


def test_syncs_that_come_close_together_are_served_by_few_refreshes(house: RefreshBench) -> None:
    fill(house.api, 2)
    release = threading.Event()
    house.api.faults.append(held(release))
    first = house.ask()
    wait_until(lambda: house.api.asked, "the first refresh has begun")
    others = [house.ask() for _ in range(5)]
    wait_until(lambda: len(house.events()) == 6, "all of them are queued")
    release.set()
    ended = {event.id: event for event in house.settle()}
    assert {ended[number].outcome for number in (first, *others)} == {Outcome.REFRESHED}
    assert len(house.api.pages_of("units")) == 2
    assert house.refresh(others[0]).served_by == others[-1]
    assert str(others[-1]) in (ended[others[0]].error or "")


def test_other_events_do_not_wait_for_a_refresh(house: RefreshBench) -> None:
    fill(house.api, 1)
    house.link("p_other", connection_id="conn_other")
    release = threading.Event()
    house.api.faults.append(held(release))
    number = house.ask()
    wait_until(lambda: house.api.asked, "the refresh has begun")
    reply = house.post(
        {
            "event": "data.update",
            "timestamp": stamp(),
            "connection_id": "conn_abc123",
            "resource_type": "unit",
            "data": {"id": "unit_001_0001", "property_id": "prop_001", "sqft": 5},
        }
    )
    other = house.ask(connection_id="conn_other")

    def ended() -> bool:
        states = {event.id: event.state for event in house.events()}
        done = (states[reply.json["event_id"]], states[other])
        return done == (EventState.PROCESSED,) * 2

    wait_until(ended, "the other events were processed")
    refreshed = next(event for event in house.events() if event.id == number)
    assert (refreshed.state, refreshed.processed_at) == (EventState.PROCESSING, None)
    release.set()
    house.settle()


def test_a_connection_without_linked_properties_is_skipped(house: RefreshBench) -> None:
    house.link(connection_id="conn_other")
    event = house.sync(connection_id="conn_other")
    assert (event.state, event.outcome) == (EventState.PROCESSED, Outcome.SKIPPED)
    assert "Link one" in (event.error or "")
    assert house.api.asked == []


def test_one_linked_property_of_many_is_fetched_alone(house: RefreshBench) -> None:
    fill(house.api, 3)
    for number in range(2, 9):
        fill(house.api, 300, f"prop_{number:03}")
    event = house.sync(stats={"units_synced": 2_103, "leases_synced": 900, "errors": 0})
    assert house.refresh(event).requests == 2
    assert {asked.query.get("property_id") for asked in house.api.asked} == {"prop_001"}


def test_the_case_of_the_specification_takes_nine_requests(house: RefreshBench) -> None:
    """25 properties, 1,200 units, 980 leases."""
    for number in range(1, 26):
        fill(house.api, 48, f"prop_{number:03}", leases=40 if number > 5 else 36)
    house.link(*(f"prop_{number:03}" for number in range(1, 26)))
    stats = {"properties_synced": 25, "units_synced": 1_200, "leases_synced": 980, "errors": 0}
    assert len(house.api.leases) == 980
    event = house.sync(stats=stats, seconds=60)
    refresh = house.refresh(event)
    assert (event.outcome, event.error) == (Outcome.REFRESHED, None)
    assert (refresh.units, refresh.leases, refresh.created) == (1_200, 980, 1_200)
    assert len(house.api.pages_of("units")) == 5
    assert len(house.api.pages_of("leases")) == 4
    assert len(house.read(list_units, limit=0)) == 1_200
    linked = house.read(list_properties, state=PropertyState.LINKED)
    assert {record.units for record in linked} == {48}
    again = house.sync(stats=stats, seconds=60)
    assert house.refresh(again).changed == house.refresh(again).created == 0


def test_the_sample_connection_is_refreshed_from_the_simulation(bench: Bench) -> None:
    event = bench.deliver(
        {
            "event": "sync.complete",
            "timestamp": "2026-03-25T16:00:00Z",
            "connection_id": "conn_abc123",
            "stats": {"properties_synced": 25, "units_synced": 1_200, "leases_synced": 980},
        }
    )
    assert (event.state, event.outcome, event.error) == (
        EventState.PROCESSED,
        Outcome.REFRESHED,
        None,
    )
    [unit] = bench.read(find_units, "unit_xyz789")
    assert (unit.unit_number, unit.sqft, unit.property_id) == ("305", 950, "prop_001")
    assert len(bench.read(list_units, limit=0)) == 48
