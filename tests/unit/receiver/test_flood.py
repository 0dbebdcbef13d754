"""Which refusals are written down, and what the others become."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from receiver.arrival.flood import MOST_A_SECOND, MOST_AT_ONCE, Dam
from receiver.arrival.intake import Request
from receiver.judging.judgement import Judgement
from store.records import Verdict


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refused(path: str = "/", status: int = 401) -> tuple[Request, Judgement]:
    request = Request("POST", path, (), b"", 0.0, datetime(2026, 1, 1, tzinfo=UTC))
    return request, Judgement(status, Verdict.INVALID, "invalid_signature")


def admitted(dam: Dam, tries: int) -> int:
    return sum(dam.admits() for _ in range(tries))


def test_a_burst_and_then_a_rate_are_let_through(clock: Clock) -> None:
    dam = Dam(clock)
    assert admitted(dam, MOST_AT_ONCE + 500) == MOST_AT_ONCE
    for _ in range(8):
        clock.now += 0.125
        assert admitted(dam, 500) in (MOST_A_SECOND // 8, MOST_A_SECOND // 8 + 1)


def test_what_comes_slowly_is_let_through_for_ever(clock: Clock) -> None:
    dam = Dam(clock)
    for _ in range(4 * MOST_AT_ONCE):
        clock.now += 1.001 / MOST_A_SECOND
        assert dam.admits()


def test_a_long_pause_makes_no_more_room_than_there_was(clock: Clock) -> None:
    dam = Dam(clock)
    assert admitted(dam, MOST_AT_ONCE) == MOST_AT_ONCE
    clock.now += 86_400
    assert admitted(dam, 2 * MOST_AT_ONCE) == MOST_AT_ONCE


def test_the_others_are_counted_by_status_and_told_of_once(clock: Clock) -> None:
    dam = Dam(clock)
    assert dam.count(*refused("/first")) is True
    assert dam.count(*refused("/second")) is False
    assert dam.count(*refused("/third", 404)) is False
    clock.now += 1.5

    unsigned, misplaced = dam.drain()

    assert (unsigned.count, unsigned.request.path, unsigned.judgement.status) == (2, "/first", 401)
    assert (misplaced.count, misplaced.request.path) == (1, "/third")
    assert unsigned.describe(clock.now) == (
        "2 requests were refused like this within 1.5 s. Beyond 250 a second refused requests are "
        "counted, and one of them is kept."
    )
    assert misplaced.describe(clock.now).startswith("1 request was refused like this within")
    assert dam.drain() == []
    assert dam.count(*refused("/fourth")) is True
