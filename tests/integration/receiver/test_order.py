"""Processing after the acknowledgement: in the order received, and across restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.reading.units import list_changes, list_units
from store.records import Event, EventState, Reason
from tests.integration.receiver.conftest import accept, sqft, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings
    from tests.conftest import Bench

    Open = Callable[..., AbstractContextManager[Bench]]


def test_m15_a_burst_is_processed_in_the_order_received(bench: Bench) -> None:
    for number in range(150):
        assert bench.post(update(number)).status == 200
    assert {event.state for event in bench.settle()} == {EventState.PROCESSED}
    changes = bench.read(list_changes, limit=0)[::-1]
    assert [(change.old, change.new) for change in changes] == [
        (number, number + 1) for number in range(149)
    ]
    assert sqft(bench) == 149


def test_m15_what_was_acknowledged_and_not_processed_is_processed_at_the_next_start(
    settings: Settings, open_bench: Open
) -> None:
    accept(settings, (update(number, minute=number % 60) for number in range(400)))
    with open_bench() as bench:
        events = bench.settle()
        assert [event.id for event in events] == list(range(1, 401))
        states = [(event.state, event.reason) for event in events]
        assert states[:60] == [(EventState.PROCESSED, None)] * 60
        # From then on the last minute of the hour is in force.
        assert states[60:119] == [(EventState.IGNORED, Reason.STALE)] * 59
        assert sqft(bench) == 359
        assert {event.attempts for event in events} == {1}


@pytest.mark.slow
def test_m15_fifty_thousand_pending_at_the_start(settings: Settings, open_bench: Open) -> None:
    accept(settings, (update(number, unit=f"u{number % 500}") for number in range(50_000)))
    with open_bench() as bench:
        assert bench.post(update(1, unit="another")).status == 200
        assert len(bench.settle(120)) == 50_001
        assert len(bench.read(list_units, limit=0)) == 501


def test_a_restart_in_the_middle_processes_nothing_twice(
    settings: Settings, open_bench: Open
) -> None:
    accept(settings, (update(number) for number in range(500)))
    with open_bench():
        pass  # closed while it works
    with open_bench() as bench:
        events = bench.settle()
        assert {event.attempts for event in events} == {1}
        assert len(bench.read(list_changes, limit=0)) == 499


def test_each_event_is_in_exactly_one_state_and_all_are_counted(bench: Bench) -> None:
    """A mixed lot: processed, ignored for every reason, refused, repeated."""
    bench.deliver(update(1, minute=5))
    lot: list[tuple[dict[str, Any], EventState, Reason | None]] = [
        (update(2, minute=6), EventState.PROCESSED, None),
        (update(3, minute=4), EventState.IGNORED, Reason.STALE),
        (update(4) | {"event": "data.gone"}, EventState.IGNORED, Reason.UNSUPPORTED_EVENT),
        (
            update(5) | {"resource_type": "key"},
            EventState.IGNORED,
            Reason.UNSUPPORTED_RESOURCE_TYPE,
        ),
        (update(6) | {"connection_id": "x"}, EventState.IGNORED, Reason.UNKNOWN_CONNECTION),
        (
            update(7) | {"data": {"id": "u1", "property_id": "p"}},
            EventState.IGNORED,
            Reason.UNLINKED_PROPERTY,
        ),
    ]
    for body, _, _ in lot:
        assert bench.post(body).status == 200
        assert bench.post(body).status == 200
    assert bench.post(b"nonsense").status == 400
    assert bench.post(update(8), signature=None).status == 401
    events: list[Event] = bench.settle()[1:]
    assert [(event.state, event.reason) for event in events] == [
        (state, reason) for _, state, reason in lot
    ]
    assert [event.deliveries for event in events] == [2] * len(lot)
    deliveries = bench.deliveries()
    assert len(deliveries) == 1 + 2 * len(lot) + 2
    assert sum(delivery.event_id is not None for delivery in deliveries) == 1 + 2 * len(lot)
