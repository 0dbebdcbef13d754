"""The records on the screen: what is linked, who lives where, and what that does to the bill."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from sample_payloads.catalogue import load_catalogue
from store.connections import list_connections, list_properties
from store.notifications import list_notifications
from store.records import PropertyState
from tests.integration.screen.webhooks import MOVE_IN, NEW_UNIT, UNIT, post

if TYPE_CHECKING:
    from store.records import Property
    from tests.integration.screen.conftest import Display


NEIGHBOUR = {
    "event": "data.new",
    "timestamp": "2026-03-25T14:31:00Z",
    "connection_id": "conn_abc123",
    "resource_type": "unit",
    "data": {
        "id": "unit_2",
        "property_id": "prop_001",
        "unit_number": "306",
        "status": "occupied",
        "current_lease": {"occupant_count": 2, "start_date": "2026-01-01"},
    },
}


def state_of(bench: Any, property_id: str) -> PropertyState:
    states = {found.property_id: found.state for found in bench.read(list_properties)}
    return PropertyState(states[property_id])


def in_review(bench: Any) -> list[Property]:
    """Those that wait for a decision, as they are listed."""
    return [each for each in bench.read(list_properties) if each.state is PropertyState.REVIEW]


def says(display: Display, words: str) -> bool:
    """Whether the terminal has the words, however they are broken into lines."""
    return words in " ".join(display.text.split())


async def open_records(display: Display) -> None:
    await display.shows("Incoming events")
    await display.press("o")
    await display.shows("Records", "to review")


async def test_linking_asks_and_then_processes_what_was_ignored(
    bench: Any, open_display: Any
) -> None:
    ignored = bench.deliver(load_catalogue().find("data_new_unit_unlinked").body)
    assert ignored.state == "ignored"
    async with open_display() as display:
        await open_records(display)
        await display.shows("○ not linked", "prop_999")
        await display.press("l")
        await display.shows("Are you sure?")
        await display.press("escape")
        await display.shows("○ not linked", "prop_999")
        assert state_of(bench, "prop_999") is PropertyState.UNLINKED
        await display.press("l")
        await display.shows("Are you sure?")
        await display.press("enter")
        await display.tells("Linked prop_999")
        await display.shows("✓ linked", "prop_999", " 1 ")
    assert [event.state for event in bench.settle()] == ["processed"]


async def test_a_new_property_is_ignored_by_a_key(bench: Any, open_display: Any) -> None:
    body = load_catalogue().find("data_new_property").body
    bench.deliver(body)
    bench.deliver(body.replace(b"prop_077", b"prop_078"))
    async with open_display() as display:
        await open_records(display)
        await display.shows("! to review", "prop_077")
        await display.shows("! to review", "prop_078")
        [first, second] = [record.property_id for record in in_review(bench)]
        await display.press("i")
        await display.tells(f"{first} is ignored")
        await display.shows("○ not linked", first)
        await display.press("i")
        await display.tells("Choose a property to review")
    assert state_of(bench, first) is PropertyState.UNLINKED
    # The other came first under the cursor, which stayed with its property.
    assert state_of(bench, second) is PropertyState.REVIEW


async def test_leases_and_residents_are_listed_and_masked(bench: Any, open_display: Any) -> None:
    for name in ("data_new_unit", "data_new_lease", "data_new_resident"):
        bench.deliver(load_catalogue().find(name).body)
    async with open_display() as display:
        await open_records(display)
        await display.press("right", "right", "right")
        await display.shows("lease_abc", "John Smith", "2026-04-01", "unit_xyz789")
        await display.press("right")
        await display.shows("res_001", "John Smith", "john.smith@example.com")
        await display.press("P")
        await display.shows("res_001", "•••")
        assert "John" not in display.text
        assert "example.com" not in display.text
        await display.press("enter")
        await display.shows("Delivery 3", "resident")


async def test_the_refresh_of_a_sync_stands_beside_its_event(bench: Any, open_display: Any) -> None:
    bench.deliver(load_catalogue().find("sync_complete").body)
    async with open_display() as display:
        await display.shows("sync.complete")
        await display.press("enter")
        await display.shows("Delivery")
        await display.press("l", "l", "l")
        await display.shows("Refresh", "done")
        await display.shows("Found", "48 new")


async def test_a_connection_is_registered_from_its_line(bench: Any, open_display: Any) -> None:
    bench.deliver(load_catalogue().find("data_new_unit_unknown_connection").body)
    async with open_display() as display:
        await open_records(display)
        await display.press("right")
        await display.shows("! unknown")
        await display.press("A")
        await display.tells("Registered ")
        await display.until(lambda: "! unknown" not in display.text, "the line says so")
    assert all(each.registered for each in bench.read(list_connections))


async def test_the_bill_shows_each_share_before_and_after(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, NEIGHBOUR)
    bench.post(load_catalogue().find("data_update_unit").body)
    bench.settle()
    async with open_display() as display:
        await open_records(display)
        await display.press("enter")
        await display.shows("divided by occupants")
        await display.shows("305", "50.000 %")
        await display.shows("306", "50.000 %", "100.000 %")
        await display.press("left", "left", "left")
        await display.shows("305", "occupied")
        await display.press("enter")
        await display.shows("Unit 305", "newest first")


async def test_a_notification_leads_to_its_event(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, MOVE_IN)
    bench.settle()
    async with open_display() as display:
        await open_records(display)
        await display.press("left")
        await display.shows("rubs", "event 2")
        await display.shows("Unit 305: status vacant → occupied")
        await display.press("enter")
        await display.shows("Delivery 2")


async def test_hostile_names_are_only_text(bench: Any, open_display: Any) -> None:
    for name in ("hostile_markup", "hostile_escapes"):
        bench.deliver(load_catalogue().find(name).body)
    async with open_display() as display:
        await open_records(display)
        for _ in range(7):
            await display.press("right")
            assert "\x1b" not in display.text
        await display.press("right", "right")
        await display.shows("\\x1b")


async def test_dismissing_is_undone_by_one_key(bench: Any, open_display: Any) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, MOVE_IN)
    await post(bench, MOVE_IN | {"timestamp": "2026-03-25T16:00:00Z", "data": UNIT})
    bench.settle()
    every = [each.id for each in bench.read(list_notifications)]
    assert len(every) == 2
    async with open_display() as display:
        await open_records(display)
        assert "Dismiss" not in display.lines[-1]
        await display.press("left")
        await display.shows("rubs", "event 3")
        await display.shows("x Dismiss", "z Undo")
        await display.press("x")
        await display.tells("Dismissed 1 notification. z brings it back.")
        await display.until(lambda: "event 3" not in display.text, "it left the list")
        assert [each.id for each in bench.read(list_notifications)] == every[1:]
        await display.press("D")
        await display.shows("event 3", "✓ dismissed")
        await display.press("D")
        await display.until(lambda: "event 3" not in display.text, "it is left out again")
        await display.press("X")
        await display.tells("Dismissed 1 notification.")
        await display.shows("There is nothing that a person should look at")
        await display.press("z")
        await display.shows("event 2")
        assert "event 3" not in display.text
        await display.press("z")
        await display.tells("Brought back 1 notification.")
        await display.shows("event 3")
        await display.press("z")
        await display.tells("Nothing was dismissed here")
    assert [each.id for each in bench.read(list_notifications)] == every


@pytest.mark.parametrize("width", [80, 120])
async def test_what_counts_has_room_at_any_width(bench: Any, open_display: Any, width: int) -> None:
    await post(bench, NEW_UNIT)
    await post(bench, MOVE_IN)
    await post(bench, NEIGHBOUR)
    bench.settle()
    bench.write(lambda connection: connection.exec_driver_sql(_GONE))
    async with open_display(width, 24) as display:
        await open_records(display)
        await display.shows("State", "Property", "Units", "Connection")
        await display.press("right", "right")
        await display.shows("Unit", "Standing", "Property", "Occ.")
        await display.shows("305", "! no longer listed", "prop_001")
        await display.press("left", "left", "left")
        [notice] = bench.read(list_notifications)
        await display.until(partial(says, display, notice.text), "all of the notification")
        await display.press("left")
        await display.shows("305: without a share, since it is no longer listed")
        await display.shows("divided by occupants", "1 share, 100 % in all")
        await display.shows("Vacant units have no share")


_GONE = "UPDATE units SET missing_since = 1 WHERE unit_id = 'unit_xyz789'"


async def test_an_empty_tab_says_what_to_do_next(bench: Any, open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await open_records(display)
        for words in (
            "✓ registered", "s sends a sample", "stands with the unit",
            "resource_type is resident", "no unit has a share", "D shows what was dismissed",
        ):  # fmt: skip
            await display.press("right")
            await display.until(partial(says, display, words), words)
