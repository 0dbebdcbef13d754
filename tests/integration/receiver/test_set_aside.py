"""Events that cannot be processed are set aside, and the next one goes on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from receiver.actions import decide
from store.reading.events import get_event
from store.reading.units import find_units
from store.records import EventState, Outcome
from tests.integration.receiver.conftest import accept, sql, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings
    from tests.conftest import Bench

    Open = Callable[..., AbstractContextManager[Bench]]


def poison(settings: Settings, event_id: int, body: bytes, *, with_checksum: bool) -> None:
    sql(settings, "UPDATE deliveries SET body = ? WHERE id = ?", body, event_id)
    if with_checksum:
        digest = hashlib.sha256(body).digest()
        sql(settings, "UPDATE deliveries SET body_sha256 = ? WHERE id = ?", digest, event_id)


POISONS = {
    "damaged": (b'{"event": "damaged"}', False, "does not match its checksum"),
    "empty": (b"", False, "does not match its checksum"),
    "no-JSON": (b"\xff", True, "InvalidJsonError"),
    "no-object": (b"[]", True, "AttributeError"),
}


@pytest.mark.parametrize(("body", "with_checksum", "reason"), POISONS.values(), ids=POISONS)
def test_m13_an_event_that_cannot_be_processed_stops_no_other(
    settings: Settings, open_bench: Open, body: bytes, with_checksum: bool, reason: str
) -> None:
    accept(settings, [update(1, unit="u1"), update(2, unit="u2"), update(3, unit="u3")])
    poison(settings, 2, body, with_checksum=with_checksum)
    with open_bench() as bench:
        states = [event.state for event in bench.settle()]
        assert states == [EventState.PROCESSED, EventState.FAILED, EventState.PROCESSED]
        failed = bench.read(get_event, 2)
        assert failed is not None
        assert reason in str(failed.error)
        assert failed.attempts == 1
        assert bench.read(find_units, "u2") == []
        assert bench.deliver(update(4, unit="u4")).state is EventState.PROCESSED


def test_m13_an_event_that_failed_can_be_processed_again(
    settings: Settings, open_bench: Open
) -> None:
    accept(settings, [update(1)])
    genuine = json.dumps(update(1)).encode("ascii")
    poison(settings, 1, b"damaged", with_checksum=False)
    with open_bench() as bench:
        [event] = bench.settle()
        assert event.state is EventState.FAILED
    poison(settings, 1, genuine, with_checksum=True)
    with open_bench() as bench:
        event = bench.reprocess(1)
        assert (event.state, event.outcome, event.error) == (
            EventState.PROCESSED,
            Outcome.CREATED,
            None,
        )
        assert event.attempts == 2


def test_m13_a_mistake_of_ours_fails_its_event_only(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(occurrence: Any, records: Any) -> Any:
        if occurrence.resource_id == "u2":
            raise KeyError("a mistake of ours")
        return decide(occurrence, records)

    with monkeypatch.context() as broken:
        broken.setattr("receiver.background.processor.decide", stumble)
        events = [bench.deliver(update(1, unit=unit)) for unit in ("u1", "u2", "u3")]
    assert [event.state for event in events] == [
        EventState.PROCESSED,
        EventState.FAILED,
        EventState.PROCESSED,
    ]
    assert "KeyError" in str(events[1].error)
    assert bench.reprocess(events[1].id).state is EventState.PROCESSED


def test_an_event_whose_body_is_gone_says_so(settings: Settings, open_bench: Open) -> None:
    with open_bench() as bench:
        bench.deliver(update(1))
    sql(settings, "DELETE FROM deliveries")
    sql(settings, "UPDATE events SET state = 'pending'")
    with open_bench() as bench:
        [event] = bench.settle()
        assert event.state is EventState.FAILED
        assert event.error == "Its body was pruned, so it cannot be processed again."


def test_an_event_whose_effect_cannot_be_written_is_set_aside_alone(
    settings: Settings, open_bench: Open
) -> None:
    accept(settings, [update(number, unit=f"u{number}") for number in range(1, 6)])
    sql(
        settings,
        "CREATE TRIGGER refuse BEFORE INSERT ON units WHEN NEW.unit_id = 'u3' "
        "BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    )
    with open_bench() as bench:
        states = [event.state for event in bench.settle()]
        assert states.count(EventState.PROCESSED) == 4
        failed = bench.read(get_event, 3)
        assert failed is not None
        assert failed.state is EventState.FAILED
        assert "refused by the test" in str(failed.error)
        assert bench.read(find_units, "u3") == []
        assert bench.read(find_units, "u5") != []
