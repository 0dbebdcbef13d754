"""The same event more than once: at the same time, later, after a restart, written otherwise."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from receiver.arrival.origin import ORIGIN_HEADER, mark
from receiver.judging.signing import sign
from store.notifications import list_notifications
from store.reading.deliveries import deliveries_of_event
from store.reading.units import list_changes, list_units
from store.records import Origin, Outcome
from tests.integration.receiver.conftest import accept

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings
    from tests.conftest import Bench

    Open = Callable[..., AbstractContextManager[Bench]]


def unit(number: int = 1, **data: Any) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": "2026-03-25T15:00:00Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": {"id": f"u{number}", "property_id": "prop_001"} | data,
    }


def test_m1_fifty_at_once_are_one_event(bench: Bench) -> None:
    bench.deliver(unit(status="vacant"))
    body = unit(status="occupied")
    with ThreadPoolExecutor(50) as threads:
        replies = list(threads.map(lambda _: bench.post(body), range(50)))
    assert [reply.status for reply in replies] == [200] * 50
    assert len({reply.json["delivery_id"] for reply in replies}) == 50
    [event_id] = {reply.json["event_id"] for reply in replies}
    firsts = [reply.json for reply in replies if not reply.json["duplicate"]]
    assert [first["delivery_id"] for first in firsts] == [event_id]
    events = bench.settle()
    assert (len(events), events[1].deliveries, events[1].attempts) == (2, 50, 1)
    assert len(bench.read(deliveries_of_event, event_id)) == 50
    assert len(bench.read(list_changes)) == 1
    assert len(bench.read(list_notifications)) == 1


def test_different_ones_at_once_are_all_there(bench: Bench) -> None:
    with ThreadPoolExecutor(20) as threads:
        replies = list(threads.map(lambda number: bench.post(unit(number)), range(200)))
    assert [(reply.status, reply.json["duplicate"]) for reply in replies] == [(200, False)] * 200
    events = bench.settle()
    assert {event.outcome for event in events} == {Outcome.CREATED}
    assert {one.unit_id for one in bench.read(list_units, limit=0)} == {
        f"u{number}" for number in range(200)
    }


WRITTEN_OTHERWISE: dict[str, Callable[[dict[str, Any]], str]] = {
    "spaced": lambda body: json.dumps(body, indent=4),
    "sorted": lambda body: json.dumps(body, sort_keys=True),
    "reversed": lambda body: json.dumps(dict(reversed(body.items()))),
    "escaped": lambda body: json.dumps(body).replace("u1", "\\u0075\\u0031"),
    "raw": lambda body: json.dumps(body, ensure_ascii=False),
    "padded": lambda body: f"\n\t {json.dumps(body)} \r\n",
}


@pytest.mark.parametrize("write", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_m2_a_retry_that_is_written_otherwise_is_a_duplicate(
    bench: Bench, write: Callable[[dict[str, Any]], str]
) -> None:
    body = unit(status="väcant")
    first = bench.post(body)
    again = bench.post(write(body).encode("utf-8"))
    assert again.json["event_id"] == first.json["event_id"]
    assert again.json["duplicate"] is True


@pytest.mark.parametrize("changed", [{"sqft": 950.5}, {"sqft": "950"}, {"status": None}, {"x": 0}])
def test_another_event_of_the_same_second_is_no_duplicate(
    bench: Bench, changed: dict[str, Any]
) -> None:
    bench.post(unit(sqft=950))
    assert bench.post(unit(**{"sqft": 950} | changed)).json["duplicate"] is False


def test_s25_a_retry_after_a_restart_is_a_duplicate(open_bench: Open) -> None:
    with open_bench() as bench:
        first = bench.deliver(unit())
    with open_bench() as bench:
        reply = bench.post(unit())
        assert (reply.json["event_id"], reply.json["duplicate"]) == (first.id, True)
        [event] = bench.settle()
        assert (event.deliveries, event.attempts) == (2, 1)


def test_s25_a_retry_after_a_restart_is_a_duplicate_of_what_was_not_processed_yet(
    settings: Settings, open_bench: Open
) -> None:
    accept(settings, [unit(), unit(2), unit()])
    accept(settings, [unit(2), unit()])
    with open_bench() as bench:
        events = bench.settle()
        assert [(event.id, event.deliveries) for event in events] == [(1, 3), (2, 2)]


def test_a_retry_of_what_is_not_processed_is_a_duplicate_too(bench: Bench) -> None:
    body = unit() | {"connection_id": "conn_other"}
    first = bench.deliver(body)
    again = bench.deliver(body)
    assert (again.id, again.deliveries, again.reason) == (first.id, 2, first.reason)


def test_a_refused_delivery_makes_no_later_one_a_duplicate(bench: Bench) -> None:
    assert bench.post(unit(), signature="sha256=" + "0" * 64).status == 401
    assert bench.post(unit()).json["duplicate"] is False


def test_while_a_secret_is_rotated_both_are_accepted(open_bench: Open) -> None:
    body = json.dumps(unit()).encode("ascii")
    with open_bench(previous_secret=b"the old secret") as bench:
        assert bench.post(body, signature=sign(b"the old secret", body)).status == 200
        assert bench.post(body).json["duplicate"] is True
    with open_bench() as bench:
        assert bench.post(body, signature=sign(b"the old secret", body)).status == 401


def test_our_own_deliveries_are_told_from_the_networks(bench: Bench) -> None:
    body = json.dumps(unit()).encode("ascii")
    bench.post(body)
    bench.post(body, (ORIGIN_HEADER, mark(bench.secret, body, Origin.REPLAY, 1)))
    bench.post(body, (ORIGIN_HEADER, mark(bench.secret, body, Origin.SAMPLE)))
    bench.post(body, (ORIGIN_HEADER, mark(b"not our secret", body, Origin.SAMPLE)))
    assert [(one.origin, one.replay_of, one.event_id) for one in bench.deliveries()] == [
        (Origin.NETWORK, None, 1),
        (Origin.REPLAY, 1, 1),
        (Origin.SAMPLE, None, 1),
        (Origin.NETWORK, None, 1),
    ]
