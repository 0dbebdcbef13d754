"""When Python looks for garbage."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

import pytest

from meterbase_tui import collector

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_nothing_is_looked_at_in_a_long_start_and_what_it_made_never_after() -> None:
    collector.begin_long_start()
    assert not gc.isenabled()
    frozen = gc.get_freeze_count()
    kept: list[list[int]] = [[] for _ in range(1_000)]
    collector.end_start()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)
    # By itself, the last generation is never looked at.
    assert gc.get_threshold()[2] > 100_000


def test_old_garbage_goes_in_a_pause(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    collections: list[float] = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append(clock[0]))
    pauses = collector.Pauses()

    def pass_by(seconds: int, *, busy: bool) -> None:
        for _ in range(seconds):
            clock[0] += 1
            pauses.note(busy=busy)

    pass_by(100, busy=True)
    assert not collections  # not while anything happens
    pass_by(10, busy=False)
    assert collections == [1_104.0]
    pass_by(300, busy=False)
    assert len(collections) == 1  # nothing has happened since
    pass_by(1, busy=True)
    pass_by(10, busy=False)
    assert len(collections) == 2
    pass_by(1, busy=True)
    pass_by(10, busy=False)
    assert len(collections) == 2  # once a minute
    pass_by(60, busy=False)
    assert len(collections) == 3


def test_old_garbage_goes_now_and_then_where_there_is_no_pause(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    collections: list[float] = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append(clock[0]))
    pauses = collector.Pauses()
    for _ in range(1_300):
        clock[0] += 1
        pauses.note(busy=True)
    assert collections == [1_601.0, 2_202.0]
