"""The wall clock jumps: it is shown, and nothing else depends on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from store.records import EventState
from tests.integration.receiver.conftest import sqft, update

if TYPE_CHECKING:
    from tests.conftest import Bench

START = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
JUMPS = {
    "back-an-hour": timedelta(hours=-1),
    "ahead-a-day": timedelta(days=1),
    "back-to-1970": -timedelta(days=20_000),
    "a-step-of-the-time-server": timedelta(seconds=-2),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_order_duplicates_and_durations_outlast_a_jump(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    at = START
    monkeypatch.setattr("receiver.arrival.endpoint.now", lambda: at)
    first = bench.deliver(update(900, minute=1))
    at = START + jump
    second = bench.deliver(update(950, minute=2))
    late = bench.deliver(update(800, minute=0))
    again = bench.post(update(900, minute=1))
    # Received in this order, whatever the clock said.
    assert [event.id for event in bench.settle()] == [first.id, second.id, late.id]
    assert [row.received_at for row in bench.deliveries()[:2]] == [START, START + jump]
    # What is newer is said by Propexo, and a repetition has no time limit.
    assert late.state is EventState.IGNORED
    assert sqft(bench) == 950
    assert again.json == {
        "status": "accepted",
        "delivery_id": late.id + 1,
        "event_id": first.id,
        "duplicate": True,
    }
    took = [row.ack_ms for row in bench.deliveries()]
    assert all(ms is None or 0 < ms < 5_000 for ms in took)
