"""What is remembered of events, and what may be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store.writing import identities
from store.writing.identities import NEVER, Identities


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "REMEMBERED", 4)
    monkeypatch.setattr(identities, "_SPAN", 3)


def name(number: int) -> bytes:
    return b"%032d" % number


def at(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)


def begin(last: int) -> Identities:
    """Those of the events 1 to `last`, which are none yet."""
    return Identities({name(number): number for number in range(1, last + 1)}, at(last), NEVER)


def fill(known: Identities, first: int, last: int) -> None:
    for number in range(first, last + 1):
        known.add({name(number): number}, at(number))


def test_what_was_added_is_found() -> None:
    known = begin(2)
    fill(known, 3, 12)
    assert [known.get(name(number)) for number in range(1, 13)] == list(range(1, 13))
    assert [name(number) in known for number in (1, 12, 13)] == [True, True, False]
    assert known.get(name(13)) is None
    assert len(known) == 12


def test_the_oldest_go_and_enough_stays() -> None:
    known = begin(0)
    fill(known, 1, 12)
    assert known.may_forget
    known.forget(12)
    assert [number for number in range(1, 13) if name(number) in known] == [7, 8, 9, 10, 11, 12]
    assert len(known) == 6
    assert not known.may_forget


def test_what_is_no_event_yet_stays() -> None:
    known = begin(2)
    fill(known, 3, 30)
    known.forget(4)
    assert name(2) not in known
    assert [name(number) in known for number in (3, 4, 5)] == [True] * 3  # a span with 5 in it
    assert known.may_forget
    known.forget(1)
    assert len(known) == 28


def test_a_single_large_beginning_goes_once_it_is_all_admitted() -> None:
    known = begin(100)
    fill(known, 101, 106)
    known.forget(99)
    assert len(known) == 106
    known.forget(100)
    assert len(known) == 6


def test_what_is_later_than_all_that_went_cannot_be_missed() -> None:
    known = Identities({name(7): 7}, at(7), at(3))
    assert [known.may_miss(at(number)) for number in (2, 3, 4)] == [True, True, False]
    fill(known, 8, 20)
    assert not known.may_miss(at(4))
    known.forget(20)
    gone = [number for number in range(7, 21) if name(number) not in known]
    assert [known.may_miss(at(number)) for number in (gone[-1], gone[-1] + 1)] == [True, False]


def test_the_latest_that_went_may_have_come_first() -> None:
    known = begin(0)
    known.add({name(1): 1}, at(1_000))
    fill(known, 2, 12)
    known.forget(12)
    assert name(1) not in known
    assert known.may_miss(at(1_000))
    assert not known.may_miss(at(1_001))
