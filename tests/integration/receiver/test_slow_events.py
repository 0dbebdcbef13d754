"""Events that take long to process: they hold up no answer, and nobody else's event for long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from store.records import EventState
from tests.integration.receiver.conftest import new_ping, update
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from tests.conftest import Bench

_MIB = 1 << 20


def heavy(number: int) -> bytes:
    """An event of almost a mebibyte, all of it fields that it says have changed."""
    names = [f"field-{number}-{index}" for index in range(14_000)]
    body: dict[str, Any] = update(900 + number, unit=f"heavy-{number}")
    body["data"] |= dict.fromkeys(names, "new")
    body["changes"] = {name: {"old": "old", "new": "new"} for name in names}
    data = json.dumps(body).encode("ascii")
    assert 0.8 * _MIB < len(data) < _MIB
    return data


def test_f18_answers_do_not_wait_for_what_is_slow_to_process(bench: Bench) -> None:
    for number in range(4):
        assert bench.post(heavy(number)).status == 200
    slowest = 0.0
    while bench._unfinished():
        with Stopwatch() as took:
            assert bench.post(new_ping()).status == 200
        slowest = max(slowest, took.seconds)
    assert slowest < 2.5
    states = {event.state for event in bench.settle(60)}
    assert states == {EventState.PROCESSED}
