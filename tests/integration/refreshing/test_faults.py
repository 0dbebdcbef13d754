"""Whatever goes wrong on the way, the records are as they were or as they should be."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from receiver.refreshing.client import Client, TryAgainError
from receiver.refreshing.fetching import Fetcher
from receiver.refreshing.pacing import PATIENT, Patience
from receiver.refreshing.planning import Request, make_plan
from receiver.refreshing.sources import Source
from store.connections import list_properties
from store.reading.units import list_units
from store.records import EventState, Outcome
from store.refreshes import Refresh, RefreshState, refresh_of_event
from tests.conftest import wait_until
from tests.integration.refreshing.conftest import fill
from tests.stand_ins.propexo_api import TOKEN, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.integration.refreshing.conftest import RefreshBench
    from tests.stand_ins.propexo_api import PropexoApi

    OpenHouse = Callable[..., AbstractContextManager[RefreshBench]]

ONCE = {
    "server error": Fault(status=500),
    "bad gateway": Fault(status=502, body=b"<html>"),
    "truncated": Fault(truncate=True),
    "no json": Fault(body=b"\xff\xfe"),
    "no results": Fault(body=b'{"meta":{}}'),
    "results of one record": Fault(body=b'{"meta":{},"results":{"id":"u"}}'),
    "hung up": Fault(hang_up=True),
    "too many": Fault(status=429, headers={"Retry-After": "0"}),
    "slow": Fault(seconds=0.3),
}


def unit_ids(house: RefreshBench) -> list[str]:
    return sorted(unit.unit_id for unit in house.read(list_units, limit=0))


@pytest.mark.parametrize("fault", ONCE.values(), ids=ONCE)
def test_a_request_that_fails_once_is_tried_again(house: RefreshBench, fault: Fault) -> None:
    fill(house.api, 600)
    # The second page of three.
    house.api.faults.extend([None, fault])
    event = house.sync()
    assert (event.outcome, event.error) == (Outcome.REFRESHED, None)
    assert unit_ids(house) == sorted(house.api.units)


@pytest.mark.parametrize("status", [500, 503])
def test_a_page_that_never_comes_leaves_nothing_half_done(house: RefreshBench, status: int) -> None:
    fill(house.api, 900)
    house.api.faults.extend([None, None, None, *[Fault(status=status)] * 5])
    event = house.sync()
    assert event.state is EventState.FAILED
    assert f"answered {status}" in (event.error or "")
    assert "reprocess" in (event.error or "")
    assert house.read(list_units, limit=0) == []
    [linked] = house.read(list_properties)
    assert linked.refreshed_at is None
    refresh = house.refresh(event)
    assert (refresh.state, refresh.retries) == (RefreshState.FAILED, 4)
    again = house.reprocess(event.id)
    assert again.outcome is Outcome.REFRESHED
    assert len(unit_ids(house)) == 900


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
def test_what_will_never_be_answered_is_not_asked_again(house: RefreshBench, status: int) -> None:
    fill(house.api, 3)
    house.api.faults.append(Fault(status=status, headers={"Location": "http://127.0.0.1:1/"}))
    event = house.sync()
    assert event.state is EventState.FAILED
    assert str(status) in (event.error or "")
    assert len(house.api.asked) == 1


def test_a_wrong_key_is_said_and_never_shown(
    open_house: OpenHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with open_house(key="a-key-that-is-wrong") as house:
        event = house.sync()
        assert event.state is EventState.FAILED
        assert "PROPEXO_API_KEY" in (event.error or "")
        assert "a-key-that-is-wrong" not in f"{event} {house.refresh(event)} {caplog.text}"
        assert house.api.asked[0].token == "Bearer a-key-that-is-wrong"


def test_retry_after_is_honoured(house: RefreshBench) -> None:
    fill(house.api, 2)
    house.api.faults.append(Fault(status=429, headers={"Retry-After": "1"}))
    number = house.ask()

    def held_up() -> Refresh | None:
        found = house.read(refresh_of_event, number)
        return found if found and found.retry_at else None

    waiting = wait_until(held_up, "the next try is waited for")
    assert waiting is not None
    assert "limit of requests" in (waiting.problem or "")
    house.settle()
    first, second = house.api.asked[:2]
    assert second.at - first.at >= 1.0


def test_it_waits_for_the_next_minute_when_the_allowance_is_used_up(house: RefreshBench) -> None:
    fill(house.api, 2)
    house.api.limit_headers = {"x-ratelimit-limit": "150", "x-ratelimit-remaining": "20"}
    began = time.monotonic()
    assert house.sync().outcome is Outcome.REFRESHED
    # Two requests: 87 % of the allowance is used, so there are 2 s between them.
    assert time.monotonic() - began >= 2.0


@pytest.mark.parametrize(
    "meta",
    [
        lambda meta: meta | {"hasMore": None},
        lambda meta: meta | {"hasMore": None, "total": None},
        lambda meta: {"orderBy": meta["orderBy"]},
        lambda meta: {name: value for name, value in meta.items() if name != "total"},
    ],
    ids=["hasMore null", "both null", "bare", "no total"],
)
@pytest.mark.parametrize("count", [0, 249, 250, 251, 500, 750])
def test_every_record_is_fetched_whatever_meta_lacks(
    house: RefreshBench, meta: Any, count: int
) -> None:
    fill(house.api, count)
    house.api.meta = meta
    assert house.sync().outcome is Outcome.REFRESHED
    assert unit_ids(house) == sorted(house.api.units)


def test_a_server_with_smaller_pages_is_read_to_its_end(house: RefreshBench) -> None:
    fill(house.api, 230)
    house.api.largest_page = 100
    house.api.meta = lambda meta: meta | {"hasMore": None, "total": None}
    house.sync()
    assert len(unit_ids(house)) == 230


def test_a_record_that_comes_in_before_the_place_shifts_the_pages(house: RefreshBench) -> None:
    fill(house.api, 700)

    def insert(api: PropexoApi) -> None:
        api.put_unit("a_first_one")

    house.api.faults.extend([None, Fault(do=insert)])
    house.sync()
    assert unit_ids(house) == sorted(house.api.units)


def test_records_that_go_while_pages_are_fetched_lose_no_other(house: RefreshBench) -> None:
    fill(house.api, 700)
    house.sync()

    def remove(api: PropexoApi) -> None:
        for number in range(1, 11):
            del api.units[f"unit_001_{number:04}"]

    house.api.faults.extend([None, Fault(do=remove)])
    event = house.sync()
    assert event.outcome is Outcome.REFRESHED
    units = house.read(list_units, limit=0)
    missing = {unit.unit_id for unit in units if unit.missing_since is not None}
    assert missing == {f"unit_001_{number:04}" for number in range(1, 11)}


def test_a_list_that_never_holds_still_is_given_up(house: RefreshBench) -> None:
    fill(house.api, 400)

    def remove_first(api: PropexoApi) -> None:
        for unit_id in sorted(api.units)[:2]:
            del api.units[unit_id]

    house.api.faults.extend([None, Fault(do=remove_first)] * 4)
    event = house.sync()
    assert event.state is EventState.FAILED
    assert "moved" in (event.error or "")
    assert house.read(list_units, limit=0) == []


def test_more_without_anything_new_is_no_endless_loop(house: RefreshBench) -> None:
    fill(house.api, 10)
    house.api.meta = lambda meta: meta | {"hasMore": True}
    event = house.sync()
    assert event.state is EventState.FAILED
    assert "nothing new" in (event.error or "")


def test_fields_without_meaning_are_said_and_the_rest_is_applied(house: RefreshBench) -> None:
    fill(house.api, 2)
    house.api.put_unit("unit_odd", square_feet="nine", bedrooms="Studio", bathrooms=None)
    house.api.units["nameless"] = {"property_id": "prop_001", "integration_id": "conn_abc123"}
    event = house.sync()
    assert event.outcome is Outcome.REFRESHED
    assert 'unit unit_odd: data.sqft is "nine"' in (event.error or "")
    unit = house.unit("unit_odd")
    assert (unit.sqft, unit.bedrooms, unit.bathrooms) == (None, 0, None)


async def test_a_page_that_takes_too_long_is_broken_off(api: PropexoApi) -> None:
    api.faults.append(Fault(seconds=0.5))
    async with Client(Source(api.url, TOKEN), request_s=0.1) as client:
        with pytest.raises(TryAgainError, match=r"did not answer within 0\.1 s"):
            await client.fetch(Request("units", ()), 0)


@pytest.mark.parametrize("ahead", [0, 1, -600, 600])
async def test_a_snapshot_is_dated_by_the_servers_clock(api: PropexoApi, ahead: int) -> None:
    fill(api, 2)
    api.seconds_ahead = ahead
    plan = make_plan("conn_abc123", ["prop_001"], {}, {})
    before = datetime.now(UTC)
    async with Client(Source(api.url, TOKEN)) as client:
        found = await Fetcher(client, PATIENT, lambda _: None).fetch(
            "conn_abc123", ["prop_001"], plan
        )
    assert found.as_of.microsecond == 0
    # A second or two prove nothing: a Date has no fractions.
    by = timedelta(seconds=ahead if abs(ahead) > 3 else 0)
    room = timedelta(seconds=3)
    assert before - room < found.as_of - by < datetime.now(UTC) + room


def test_it_is_tried_again_after_a_while_when_nothing_answers(
    open_house: OpenHouse, api: PropexoApi
) -> None:
    fill(api, 2)
    api.faults.extend([Fault(hang_up=True)] * 3)
    with open_house(Patience(first_s=0.05, longest_s=0.2, tries=9)) as house:
        event = house.sync()
        assert event.outcome is Outcome.REFRESHED
        assert house.refresh(event).retries >= 1
        assert TOKEN not in str(house.refresh(event))


def test_a_closed_receiver_leaves_the_refresh_for_the_next_start(
    open_house: OpenHouse, api: PropexoApi
) -> None:
    fill(api, 3)
    api.faults.append(Fault(seconds=0.5))
    with open_house() as house:
        number = house.ask()
        wait_until(lambda: api.asked, "the refresh has begun")
    with open_house() as house:
        [event] = house.settle()
        assert (event.id, event.outcome) == (number, Outcome.REFRESHED)
        assert len(unit_ids(house)) == 3
